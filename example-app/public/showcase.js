// The pages' own scripts: small Stimulus controllers. turboCableTags() has started Stimulus already.
import { config } from '@hotwired/turbo'
import { ChatController } from './controllers/chat_controller.js'
import { ConnectionController } from './controllers/connection_controller.js'
import { FieldController } from './controllers/field_controller.js'
import { PlaylistController } from './controllers/playlist_controller.js'
import { ProgressController } from './controllers/progress_controller.js'
import { ReplayController } from './controllers/replay_controller.js'
import { TerminalController } from './controllers/terminal_controller.js'
import { TypingController } from './controllers/typing_controller.js'

// While a form is sent, Turbo disables its button, and a disabled button loses the focus. One that is "aria-disabled" keeps it.
config.forms.submitter = 'aria-disabled'

// A broadcast may give that button another name before the answer is there. Turbo still ignores its clicks then, so it has to look so.
const sending = new Set()
addEventListener('turbo:submit-start', ({ detail }) => sending.add(detail.formSubmission.submitter))
addEventListener('turbo:submit-end', ({ detail }) => sending.delete(detail.formSubmission.submitter))
addEventListener('turbo:before-morph-attribute', (event) => {
  if (event.detail.attributeName === 'aria-disabled' && sending.has(event.target)) event.preventDefault()
})

const { Stimulus } = window

Stimulus.register('chat', ChatController)
Stimulus.register('connection', ConnectionController)
Stimulus.register('field', FieldController)
Stimulus.register('playlist', PlaylistController)
Stimulus.register('progress', ProgressController)
Stimulus.register('replay', ReplayController)
Stimulus.register('terminal', TerminalController)
Stimulus.register('typing', TypingController)
