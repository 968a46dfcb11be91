// For pages without a bundler: one script tag that brings Turbo, a Stimulus application and the controller together.

import '@hotwired/turbo'
import { Application } from '@hotwired/stimulus'
import { TurboStreamsController } from './turbo_streams_controller.js'

const page = window as Window & { Stimulus?: Application }
page.Stimulus ??= Application.start()
page.Stimulus.register('turbo-streams', TurboStreamsController)

// On <html> it outlives every visit, and no page needs to ask for it.
const { dataset } = document.documentElement
dataset.controller = `${dataset.controller ?? ''} turbo-streams`.trim()
