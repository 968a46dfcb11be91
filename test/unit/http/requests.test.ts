// Which requests are the cable's.

import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import type { BroadcastEndpoint } from '../../../src/http/broadcast-endpoint.ts'
import type { Events } from '../../../src/http/events.ts'
import { Requests } from '../../../src/http/requests.ts'
import { requestOf, responseTo } from '../../support/http-doubles.ts'
import { turn } from '../../support/hub-doubles.ts'
import { warnings } from '../../support/warnings.ts'

const paths = { path: '/cable', broadcastPath: '/_broadcast' }

function build(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async () => {}) {
  const handled: (string | undefined)[] = []
  const endpoint = {
    handle(request: IncomingMessage, response: ServerResponse) {
      handled.push(request.url)
      return handle(request, response)
    },
  } as unknown as BroadcastEndpoint
  const requests = new Requests(paths, { endpoint, events: {} as Events })
  return {
    handled,
    ask(method: string, url: string) {
      const request = requestOf({ method, url })
      const { response, text } = responseTo(request)
      return { taken: requests.handle(request, response), response, text }
    },
  }
}

describe('Requests', () => {
  it('hands a POST to the broadcast path to the endpoint, with a query too', () => {
    const { ask, handled } = build()
    for (const url of ['/_broadcast', '/_broadcast?a=1']) assert.equal(ask('POST', url).taken, true)
    assert.deepEqual(handled, ['/_broadcast', '/_broadcast?a=1'])
  })

  it('serves the files of the browser below the path', async () => {
    const { response, text, taken } = build().ask('GET', '/cable/turbo.js?v=1')
    assert.equal(taken, true)
    assert.match(await text, /Turbo/)
    assert.equal(response.statusCode, 200)
  })

  for (const [method, url] of [
    ['GET', '/_broadcast'],
    ['POST', '/_broadcast/x'],
    ['POST', '/cable/turbo.js'],
    ['GET', '/cable'],
    ['GET', '/cable/'],
    ['GET', '/cable/none.js'],
    ['GET', '/cablecar/turbo.js'],
    ['GET', '/'],
  ] as const)
    it(`leaves ${method} ${url} to the app`, () => {
      const { ask, handled } = build()
      assert.deepEqual([ask(method, url).taken, handled], [false, []])
    })

  it('answers 500 where the endpoint fails, says so, and cuts off an answer that had begun', async (t) => {
    const warned = warnings(t)
    const failing = build(() => Promise.reject(new Error('broken'))).ask('POST', '/_broadcast')
    await failing.text
    assert.equal(failing.response.statusCode, 500)
    assert.deepEqual(warned, ['[turbo-cable] a broadcast could not be read: broken'])
    const begun = build(async (_, response) => {
      response.writeHead(200)
      response.write('x')
      throw new Error('broken')
    }).ask('POST', '/_broadcast')
    await turn()
    assert.equal(begun.response.destroyed, true)
  })
})
