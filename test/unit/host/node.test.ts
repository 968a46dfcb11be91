// The cable as a function of (request, response, next).

import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import type { CableCore } from '../../../src/core.ts'
import { nodeMiddleware } from '../../../src/host/node.ts'
import { requestOf, responseTo } from '../../support/http-doubles.ts'

function build(taken: boolean) {
  const asked: unknown[] = []
  const cable = {
    page: (mount: string) => ({ cursor: `cursor of ${mount}`, turboStreamFrom: () => 'marker' }),
    handle(_request: unknown, _response: unknown, mount: string) {
      asked.push(mount)
      return taken
    },
  } as unknown as CableCore
  const request = requestOf({ url: '/x' })
  const { response, text } = responseTo(request)
  return { cable, asked, request, response: response as ServerResponse & { locals?: Record<string, unknown> }, text }
}

describe('nodeMiddleware', () => {
  it('puts the helpers of the page beside what is in the locals already, and hands on what is not the cable’s', () => {
    const { cable, asked, request, response } = build(false)
    response.locals = { user: 7 }
    let handedOn = 0
    nodeMiddleware(cable, () => '/m')(request, response, () => handedOn++)
    const { user, turboCableCursor, turboStreamFrom } = response.locals
    assert.deepEqual([user, turboCableCursor, typeof turboStreamFrom], [7, 'cursor of /m', 'function'])
    assert.deepEqual([handedOn, asked], [1, ['/m']])
  })

  it('hands on nothing that the cable answers', () => {
    const { cable, request, response } = build(true)
    nodeMiddleware(cable)(request, response, () => assert.fail())
  })

  it('answers 404 by itself where nobody comes after it', async () => {
    const { cable, request, response, text } = build(false)
    nodeMiddleware(cable)(request, response)
    assert.equal(await text, '')
    assert.equal(response.statusCode, 404)
  })
})
