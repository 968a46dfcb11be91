// What an app broadcasts while its cable ends, and after: where the history survives that end, no page goes on without it.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import express from 'express'
import { broadcastJson, type Cable, type TurboCableOptions, turboCable } from '../../../src/index.ts'
import { TestClient } from '../../support/client.ts'
import { engines } from '../../support/engines.ts'
import { listen } from '../../support/http-server.ts'
import { warnings } from '../../support/warnings.ts'

interface App {
  readonly cable: Cable
  readonly server: Server
  readonly port: number
  page(): Promise<TestClient>
}

// A request for /after/1500 does its work 1,500 ms later, and is answered with what that resolves to.
async function started(options: TurboCableOptions, work: (cable: Cable) => Promise<unknown>): Promise<App> {
  const cable = turboCable(options)
  const app = express()
  app.use(cable)
  app.get('/after/:ms', async (request, response) => {
    await setTimeout(Number(request.params.ms))
    response.json(await work(cable))
  })
  const server = createServer(app)
  const port = await listen(server)
  return { cable, server, port, page: () => new TestClient(`ws://127.0.0.1:${port}/cable`).opened() }
}

// Resolves once it is under way.
async function asked({ port }: App, ms: number): Promise<{ readonly answer: Promise<Response> }> {
  const answer = fetch(`http://127.0.0.1:${port}/after/${ms}`)
  answer.catch(() => {})
  await setTimeout(100)
  return { answer }
}

async function withFile(t: TestContext, run: (history: { file: string }) => Promise<void>): Promise<void> {
  warnings(t)
  const folder = await mkdtemp(join(tmpdir(), 'late-'))
  try {
    await run({ file: join(folder, 'history') })
  } finally {
    await rm(folder, { recursive: true })
  }
}

const streams = ['own', 'free', 'later', 'refreshed']

describe('what is broadcast after pages were sent away', () => {
  it('by a request under way is in the history that the next process goes on with', (t) =>
    withFile(t, async (history) => {
      const app = await started({ history }, async (cable) => {
        cable.broadcastUpdateLaterTo('later', { target: 't', text: 1 })
        for (const _ of ['at once', 'with the next']) cable.broadcastRefreshLaterTo('refreshed')
        return [await cable.broadcastJson('own', 1), await broadcastJson('free', 1)]
      })
      const page = await app.page()
      const { cursor } = await page.subscribe('own', { cursor: null })
      const { answer } = await asked(app, 900)
      const start = performance.now()
      const ended = app.cable.shutdown(app.server, { timeout: 1_200 })
      assert.equal((await page.next()).type, 'disconnect')
      assert.ok(performance.now() - start < 800, 'at half of the time')
      assert.deepEqual(await (await answer).json(), [true, true])
      await ended
      const next = await started({ history }, async () => {})
      const again = await next.page()
      const got: unknown[] = []
      for (const stream of streams) {
        assert.equal((await again.subscribe(stream, { cursor })).recovered, true, stream)
        got.push(...(await again.drain()).map((message) => message.stream))
      }
      again.ws.terminate()
      await next.cable.shutdown(next.server)
      assert.deepEqual(got, [...streams, 'refreshed'])
    }))

  it('by one that took too long is a gap in that history', (t) =>
    withFile(t, async (history) => {
      const app = await started({ history }, async () => {})
      const page = await app.page()
      const { cursor } = await page.subscribe('own', { cursor: null })
      page.ws.terminate()
      const { answer } = await asked(app, 1_000)
      await app.cable.shutdown(app.server, { timeout: 300 })
      await assert.rejects(answer)
      assert.equal(await app.cable.broadcastJson('own', 1), false)
      const next = await started({ history }, async () => {})
      const again = await next.page()
      assert.equal((await again.subscribe('own', { cursor })).recovered, false)
      again.ws.terminate()
      await next.cable.shutdown(next.server)
    }))

  for (const kind of engines) {
    it(`reaches the pages of other processes by ${kind.name}`, async (t) => {
      warnings(t)
      const server = await kind.start()
      const other = await started({ engine: kind.engine(server.port) }, async () => {})
      const app = await started({ engine: kind.engine(server.port) }, (cable) => cable.broadcastJson('own', 1))
      try {
        const page = await other.page()
        await page.subscribe('own', { cursor: null })
        const { answer } = await asked(app, 900)
        const ended = app.cable.shutdown(app.server, { timeout: 1_200 })
        assert.equal(await (await answer).text(), 'true')
        await ended
        assert.equal(await app.cable.broadcastJson('own', 2), true)
        assert.deepEqual([(await page.next()).data, (await page.next()).data], [1, 2])
        page.ws.terminate()
      } finally {
        await other.cable.shutdown(other.server)
        await app.cable.shutdown(app.server)
        await server.end()
      }
    })
  }
})
