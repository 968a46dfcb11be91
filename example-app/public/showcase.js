// The pages' own scripts: four small Stimulus controllers. turboCableTags() has started Stimulus already.
import { ConnectionController } from './controllers/connection_controller.js'
import { PlaylistController } from './controllers/playlist_controller.js'
import { ProgressController } from './controllers/progress_controller.js'
import { TerminalController } from './controllers/terminal_controller.js'

const { Stimulus } = window

Stimulus.register('connection', ConnectionController)
Stimulus.register('playlist', PlaylistController)
Stimulus.register('progress', ProgressController)
Stimulus.register('terminal', TerminalController)
