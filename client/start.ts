// For pages without a bundler: one script tag, and one file, that brings Turbo, a Stimulus application and the controller together. The
// import map has it under the names of the package too, so that there is one connection.

import { Application } from '@hotwired/stimulus'
import { TurboStreamsController } from './turbo_streams_controller.js'

export {
  connectionId,
  connectMarker,
  disconnectMarker,
  start,
  stop,
  subscribe,
  watchMarkers,
  whisper,
} from './index.js'
export { TurboStreamsController }

const page = window as Window & { Stimulus?: Application }
page.Stimulus ??= Application.start()
page.Stimulus.register('turbo-streams', TurboStreamsController)

// On <html> it outlives every visit, and no page needs to ask for it.
const { dataset } = document.documentElement
dataset.controller = `${dataset.controller ?? ''} turbo-streams`
