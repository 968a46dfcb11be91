// Clients of two processes behind one address, under steady broadcasts, while the server between them is killed with
// -9 and comes back with its files, a process is killed with -9, and connections to the server are cut: nothing is lost in silence.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Balancer } from '../../support/balanced.ts'
import { TestClient } from '../../support/client.ts'
import { type EngineKind, type EngineServer, engines } from '../../support/engines.ts'
import { Runtime } from '../../support/runtime.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import type { Served } from '../../support/with-cable.ts'

const clients = 30
const pace = 10

/** What was sent: how many were tried so far, and which of them the verb says were taken. */
class Sent {
  tried = 0
  readonly taken = new Set<number>()
}

/** A page that comes back with its cursor, to whichever process it reaches. */
class Page {
  readonly got = new Set<number>()
  gaps = 0
  twice = 0
  /** Whatever was tried before this is in the page: it was told to fetch itself after that. */
  fetched = 0
  #client: TestClient | undefined
  #ended = false
  /** Resolves when it is subscribed for the first time. */
  readonly subscribed: Promise<void>
  #subscribed = () => {}
  readonly #sent: Sent

  constructor(sent: Sent) {
    this.#sent = sent
    this.subscribed = new Promise((resolve) => {
      this.#subscribed = resolve
    })
  }

  async live(port: number): Promise<void> {
    let cursor: unknown = null
    while (!this.#ended) {
      const client = new TestClient(`ws://127.0.0.1:${port}/cable`)
      this.#client = client
      try {
        await client.opened()
        client.send({ type: 'subscribe', stream: 's', cursor })
        for (;;) {
          const message = await client.next()
          if (message.type === 'subscribed' && message.recovered === false) this.#refresh(true)
          if (message.type === 'subscribed') this.#subscribed()
          if (message.type === 'message') this.#take(message.data)
          cursor = message.cursor ?? cursor
        }
      } catch {
        client.ws.terminate()
        await setTimeout(20 + Math.random() * 50)
      }
    }
  }

  end(): void {
    this.#ended = true
    this.#client?.ws.terminate()
  }

  #take(data: unknown): void {
    if (typeof data === 'string') {
      this.#refresh(false)
      return
    }
    const { n } = data as { n: number }
    if (this.got.has(n)) this.twice++
    this.got.add(n)
  }

  #refresh(gap: boolean): void {
    if (gap) this.gaps++
    this.fetched = this.#sent.tried
  }
}

async function scene(
  kind: EngineKind,
  run: (context: {
    server: EngineServer
    proxy: TcpProxy
    send(count: number): Promise<void>
    sent: Sent
    pages: Page[]
    killOne(): void
  }) => Promise<void>,
): Promise<{ sent: Sent; pages: Page[] }> {
  const server = await kind.start()
  const proxy = await TcpProxy.to(server.port)
  process.env.TURBO_CABLE_ENGINE = kind.url(proxy.port)
  const processes = [0, 1].map(() => new Runtime([process.execPath]))
  for (const each of processes) each.start()
  delete process.env.TURBO_CABLE_ENGINE
  const served: Served[] = await Promise.all(processes.map((each) => each.serve('express', {})))
  const balancer = await Balancer.over(served.map(({ port }) => port))
  const sent = new Sent()
  const pages = Array.from({ length: clients }, () => new Page(sent))
  const lives = pages.map((page) => page.live(balancer.port))
  const alive = [...served]
  const one = async (cable: Served['cable'], n: number) => {
    if (await cable.broadcastJson('s', { n }).catch(() => false)) sent.taken.add(n)
  }
  try {
    await Promise.all(pages.map(({ subscribed }) => subscribed))
    await run({
      server,
      proxy,
      sent,
      pages,
      async send(count) {
        const under: Promise<void>[] = []
        for (let left = count; left > 0; left--) {
          const n = sent.tried++
          under.push(one((alive[n % alive.length] as Served).cable, n))
          await setTimeout(pace)
        }
        await Promise.all(under)
      },
      killOne() {
        processes[1]?.stop()
        alive.pop()
      },
    })
    // The last one reaches everybody, and everything before it has then come or never will.
    const last = async () => {
      const n = sent.tried++
      await one((alive[0] as Served).cable, n)
      return sent.taken.has(n) ? n : undefined
    }
    for (let tries = 0; ; tries++) {
      const n = await last()
      // The verb's answer and the message come over different sockets.
      await setTimeout(50)
      if (n !== undefined && pages.every(({ got }) => got.has(n))) break
      assert.ok(tries < 600, 'everybody gets something again')
    }
  } finally {
    for (const page of pages) page.end()
    await Promise.all(lives)
    await balancer.close()
    for (const each of processes) each.stop()
    await proxy.close()
    await server.end()
  }
  return { sent, pages }
}

function judge(t: { diagnostic(line: string): void }, { sent, pages }: { sent: Sent; pages: Page[] }): void {
  let delivered = 0
  let silent = 0
  for (const { got, fetched } of pages) {
    for (const n of sent.taken) {
      if (got.has(n)) delivered++
      else if (n >= fetched) silent++
    }
  }
  const sum = (name: 'gaps' | 'twice') => pages.reduce((total, page) => total + page[name], 0)
  t.diagnostic(
    `${sent.tried} tried, ${sent.taken.size} taken, ${delivered} of ${sent.taken.size * clients} delivered, ${sum('gaps')} gaps said, ${silent} lost in silence, ${sum('twice')} twice`,
  )
  assert.equal(silent, 0, 'lost in silence')
  assert.equal(sum('twice'), 0, 'delivered twice')
}

for (const kind of engines) {
  it(`${kind.name} is killed with -9 and restarts from its files, three times`, { timeout: 120_000 }, async (t) => {
    const result = await scene(kind, async ({ server, send }) => {
      await send(50)
      for (let kills = 0; kills < 3; kills++) {
        const sending = send(80)
        await server.kill()
        await server.start()
        await sending
      }
    })
    assert.ok(result.sent.taken.size < result.sent.tried, 'some were refused while it was away')
    judge(t, result)
  })

  it(`a process of two with ${kind.name} is killed with -9`, { timeout: 60_000 }, async (t) => {
    const result = await scene(kind, async ({ send, killOne }) => {
      await send(50)
      const sending = send(100)
      killOne()
      await sending
    })
    judge(t, result)
  })

  it(`connections to ${kind.name} are cut, again and again`, { timeout: 60_000 }, async (t) => {
    const result = await scene(kind, async ({ proxy, send }) => {
      for (let cuts = 0; cuts < 5; cuts++) {
        const sending = send(30)
        await proxy.cut()
        await sending
      }
    })
    assert.equal(
      result.pages.reduce((total, { gaps }) => total + gaps, 0),
      0,
      'nobody has a gap: the tail goes on where it was',
    )
    judge(t, result)
  })
}
