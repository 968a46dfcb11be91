// The suite over `turbo-cable serve`, a process without an app.

import { serveAlone } from '../support/serve.ts'
import { cableTests } from './cable-tests.ts'

cableTests('turbo-cable serve', serveAlone, { alone: true })
