// Deploys lose nothing: whoever sends all the while is told again and again to come back, and does; pages are replayed to.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import express from 'express'
import { turboCable } from '../../../src/index.ts'
import { httpPublisher } from '../../../src/publisher/http.ts'
import { TestClient } from '../../support/client.ts'
import { freePort, listen } from '../../support/http-server.ts'

async function started(port: number, file: string) {
  const cable = turboCable({ history: { file, size: 100_000, streamBytes: 64_000_000 } })
  const app = express()
  app.use(cable)
  app.use((_request, response) => {
    response.status(404).send('the app')
  })
  const server = createServer(app)
  await listen(server, { port })
  return { cable, server }
}

describe('cable.shutdown(server)', () => {
  it('ten times, with eight keep-alive senders: no broadcast is lost, none comes twice, and no page has a gap', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deploys-'))
    const file = join(folder, 'history')
    const port = await freePort()
    let running = await started(port, file)
    const { cursor } = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened().then(async (client) => {
      const answer = await client.subscribe('s', { cursor: null })
      await client.close()
      return answer
    })
    let sending = true
    let sent = 0
    const sender = async () => {
      const publisher = httpPublisher({ url: `http://127.0.0.1:${port}/_broadcast` })
      while (sending) await publisher.publish([{ stream: 's', data: { n: sent++ } }])
    }
    const senders = Promise.all(Array.from({ length: 8 }, sender))
    const durations: number[] = []
    for (let restart = 0; restart < 10; restart++) {
      const before = sent
      while (sent < before + 50) await new Promise(setImmediate)
      const start = performance.now()
      await running.cable.shutdown(running.server)
      durations.push(performance.now() - start)
      running = await started(port, file)
    }
    sending = false
    await senders
    const page = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened()
    assert.equal((await page.subscribe('s', { cursor })).recovered, true)
    const got = (await page.drain()).map(({ data }) => (data as { n: number }).n).sort((a, b) => a - b)
    page.ws.terminate()
    await running.cable.shutdown(running.server)
    await rm(folder, { recursive: true })
    assert.deepEqual(
      got,
      Array.from({ length: sent }, (_, n) => n),
    )
    assert.ok(Math.max(...durations) < 3_000, `${durations.map(Math.round)} ms`)
  })

  it('lets a request under way be answered and broadcast, and ends connections that are kept alive', async () => {
    const cable = turboCable()
    const app = express()
    app.use(cable)
    let proceed = () => {}
    const begun = new Promise<void>((tell) => {
      app.get('/slow', async (_request, response) => {
        const wait = new Promise<void>((resolve) => {
          proceed = resolve
        })
        tell()
        await wait
        response.send(String(await cable.broadcastJson('s', { late: true })))
      })
    })
    const server = createServer(app)
    const port = await listen(server)
    const client = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened()
    await client.subscribe('s')
    const agent = new Agent({ keepAlive: true })
    const answer = new Promise<string>((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path: '/slow', agent }, async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve(text)
      })
      asked.on('error', reject).end()
    })
    await begun
    const ended = cable.shutdown(server)
    proceed()
    assert.equal(await answer, 'true')
    assert.deepEqual((await client.next()).data, { late: true })
    assert.equal((await client.next()).type, 'disconnect')
    await ended
    assert.equal(server.listening, false)
    agent.destroy()
  })
})

describe('a broadcast that was given up', () => {
  it('is not applied after the one that follows it', async () => {
    const cable = turboCable()
    const app = express()
    const held: (() => void)[] = []
    let slow = true
    // The first request hangs on its way, as behind a proxy or a frozen process.
    app.use((_request, _response, next) => {
      if (slow) held.push(next)
      else next()
    })
    app.use(cable)
    const server = createServer(app)
    const port = await listen(server)
    const client = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened()
    await client.subscribe('s')
    const publisher = httpPublisher({ url: `http://127.0.0.1:${port}/_broadcast`, timeout: 500, retryFor: 0 })
    await assert.rejects(publisher.publish([{ stream: 's', data: 'old' }]), { code: 'TURBO_CABLE_UNREACHABLE' })
    slow = false
    await publisher.publish([{ stream: 's', data: 'new' }])
    for (const next of held) next()
    assert.equal((await client.next()).data, 'new')
    assert.deepEqual(await client.drain(), [])
    client.ws.terminate()
    await cable.shutdown(server)
  })
})
