// The suite over Hono.

import { hosts } from '../support/hosts.ts'
import { cableTests } from './cable-tests.ts'

cableTests('Hono', hosts.Hono)
