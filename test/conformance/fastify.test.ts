// The suite over Fastify.

import { hosts } from '../support/hosts.ts'
import { cableTests } from './cable-tests.ts'

cableTests('Fastify', hosts.Fastify)
