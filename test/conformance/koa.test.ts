// The suite over Koa.

import { hosts } from '../support/hosts.ts'
import { cableTests } from './cable-tests.ts'

cableTests('Koa', hosts.Koa)
