// The suite over a bare http server that calls the cable by hand.

import { startBare } from '../support/with-cable.ts'
import { cableTests } from './cable-tests.ts'

cableTests('bare http', startBare)
