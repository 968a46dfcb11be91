// The suite over Express 5, http.createServer(app).

import { startExpress } from '../support/with-cable.ts'
import { cableTests } from './cable-tests.ts'

cableTests('Express 5', startExpress)
