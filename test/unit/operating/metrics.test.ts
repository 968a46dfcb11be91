// What a cable says in numbers, and when it is ready.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { healthOf } from '../../../src/hub/health.ts'
import { Metrics } from '../../../src/operating/metrics.ts'
import { type Probed, probes } from '../../../src/operating/probes.ts'
import { hubOf, turn } from '../../support/hub-doubles.ts'
import { readProjectFile } from '../../support/project-files.ts'
import { warnings } from '../../support/warnings.ts'

function measured(t: TestContext, options = {}) {
  const scene = hubOf(options)
  const metrics = new Metrics(scene.hub)
  t.after(() => metrics.stop())
  return { ...scene, metrics, sample: async (name: string) => sampleIn(await metrics.text(), name) }
}

/** `turbo_cable_streams` or `turbo_cable_dropped_total{reason="limit"}` → its number. */
function sampleIn(text: string, name: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}

describe('metrics', () => {
  it('count connections, subscriptions and streams as they are', async (t) => {
    const { client, sample } = measured(t, { limits: { connections: 500 } })
    const [one, other] = [client(), client()]
    for (const stream of ['a', 'b']) one.subscribe(stream)
    other.subscribe('a')
    assert.equal(await sample('turbo_cable_connections{protocol="turbo-cable"}'), 2)
    assert.equal(await sample('turbo_cable_connections_limit'), 500)
    assert.equal(await sample('turbo_cable_subscriptions'), 3)
    assert.equal(await sample('turbo_cable_streams'), 2)
    one.close()
    other.close()
    assert.equal(await sample('turbo_cable_connections{protocol="turbo-cable"}'), undefined)
    assert.equal(await sample('turbo_cable_disconnected_total{reason="left"}'), 2)
  })

  it('count broadcasts, what was written of them, and how soon', async (t) => {
    const { client, publish, sample } = measured(t)
    const pages = [client(), client(), client()]
    for (const page of pages) page.subscribe('s')
    for (const page of pages) page.read()
    await sample('turbo_cable_streams')
    await publish('s', 1)
    await publish('nobody', 2)
    const bytes = JSON.stringify(pages[0]?.read()[0]).length + 1
    assert.equal(await sample('turbo_cable_broadcasts_total'), 2)
    assert.equal(await sample('turbo_cable_deliveries_total'), 3)
    assert.equal(await sample('turbo_cable_delivered_bytes_total'), 3 * bytes)
    assert.equal(await sample('turbo_cable_delivery_seconds_count'), 1)
    assert.ok(((await sample('turbo_cable_delivery_seconds_sum')) ?? 0) > 0)
  })

  it('count drops and rejections by reason, replays by length, and gaps', async (t) => {
    const { client, publish, sample } = measured(t, { limits: { messagesPerSecond: 1 }, publicStreams: ['s'] })
    await sample('turbo_cable_streams')
    for (const n of [1, 2, 3]) await publish('s', n)
    const fast = client()
    for (let n = 0; n < 11; n++) fast.says({ type: 'pong' })
    const page = client()
    page.subscribe('other')
    page.subscribe('s', { cursor: 'e:1' })
    await turn()
    assert.equal(await sample('turbo_cable_dropped_total{reason="limit"}'), 1)
    assert.equal(await sample('turbo_cable_rejected_total{reason="unauthorized"}'), 1)
    assert.equal(await sample('turbo_cable_replay_messages_sum'), 2)
    assert.equal(await sample('turbo_cable_replay_messages_bucket{le="1"}'), 0)
    assert.equal(await sample('turbo_cable_replay_messages_bucket{le="2"}'), 1)
    assert.equal(await sample('turbo_cable_gaps_total'), 0)
  })

  it('say whether the engine is there, and how late the event loop is', async (t) => {
    const { hub, sample } = measured(t)
    await turn()
    assert.equal(await sample('turbo_cable_engine_up'), 1)
    hub.away('cut')
    hub.lost()
    assert.equal(await sample('turbo_cable_engine_up'), 0)
    assert.equal(await sample('turbo_cable_engine_lost_total'), 1)
  })

  it('say how late the event loop was since they were last asked', async (t) => {
    const { sample } = measured(t)
    const late = () => sample('turbo_cable_event_loop_delay_seconds{quantile="1"}')
    assert.equal(await late(), 0)
    // The loop is held up until that has been seen.
    let seen = 0
    while (seen < 0.04) {
      const end = performance.now() + 60
      while (performance.now() < end);
      await turn()
      seen = (await late()) as number
    }
  })

  it('are of one cable each, and are in order for who reads them', async (t) => {
    const [one, other] = [measured(t), measured(t)]
    await Promise.all([one.sample('turbo_cable_streams'), other.sample('turbo_cable_streams')])
    await one.publish('s', 1)
    assert.equal(await one.sample('turbo_cable_broadcasts_total'), 1)
    assert.equal(await other.sample('turbo_cable_broadcasts_total'), 0)
    const names = new Set<string>()
    for (const line of (await one.metrics.text()).trim().split('\n')) {
      const [, kind, name = ''] = /^# (HELP|TYPE) (\w+) .+$/.exec(line) ?? []
      if (kind === 'TYPE') names.add(name)
      else if (kind === undefined && line !== '')
        assert.match(line, /^turbo_cable_\w+(\{\w+="[^"]+"(,\w+="[^"]+")*\})? [\d.e+-]+$/)
    }
    const documented = readProjectFile('docs/operating.md').matchAll(/^\| `(turbo_cable_\w+)(?:\{[^}]*\})?` \|/gm)
    assert.deepEqual([...documented].map(([, name]) => name).sort(), [...names].sort())
  })

  it('count no more once they are stopped', async (t) => {
    const { metrics, publish, sample } = measured(t)
    await sample('turbo_cable_streams')
    metrics.stop()
    await publish('s', 1)
    assert.equal(await sample('turbo_cable_broadcasts_total'), 0)
  })
})

describe('health', () => {
  it('is ready once the engine has started, until the hub closes', async () => {
    const { hub } = hubOf()
    const beside = { live: true, connections: 0, subscriptions: 0 }
    const { engineMissing, ...before } = healthOf(hub)
    assert.ok(engineMissing >= 0)
    assert.deepEqual(before, { ...beside, ready: false, reason: 'engine', engine: 'starting' })
    await turn()
    assert.deepEqual(healthOf(hub), { ...beside, ready: true, engine: 'up', engineMissing: 0 })
    const closing = hub.close(1_000)
    assert.deepEqual(healthOf(hub), { ...beside, ready: false, reason: 'closing', engine: 'up', engineMissing: 0 })
    await closing
  })

  it('bears an engine that is away for a while, and no longer', async (t) => {
    const { hub } = hubOf()
    await turn()
    const now = t.mock.method(performance, 'now', () => 1_000)
    hub.away('cut')
    now.mock.mockImplementation(() => 11_000)
    assert.deepEqual([healthOf(hub).ready, healthOf(hub).engine], [true, 'away'])
    assert.equal(healthOf(hub, { engineAway: 9_999 }).ready, false)
    now.mock.mockImplementation(() => 11_001)
    assert.deepEqual(
      [healthOf(hub).ready, healthOf(hub).reason, healthOf(hub).engineMissing],
      [false, 'engine', 10_001],
    )
    hub.back()
    assert.equal(healthOf(hub).ready, true)
  })

  it('is not ready before its engine was ever there, however it failed', () => {
    const { hub } = hubOf()
    hub.away('refused')
    const { ready, reason, engine } = healthOf(hub)
    assert.deepEqual({ ready, reason, engine }, { ready: false, reason: 'engine', engine: 'away' })
  })

  it('says what it takes', () => {
    const { hub } = hubOf()
    assert.throws(() => healthOf(hub, { engineAway: -1 }), { code: 'TURBO_CABLE_BAD_OPTION' })
  })
})

describe('probes', () => {
  it('say where prom-client is missing what to do', async (t) => {
    const lines = warnings(t)
    const cable: Probed = {
      health: () => assert.fail(),
      metrics: () => Promise.reject(new Error('npm install prom-client')),
    }
    const answered = await new Promise<unknown[]>((resolve) => {
      const seen: unknown[] = []
      const response = {
        writeHead(status: number) {
          seen.push(status)
          return this
        },
        end: (body: string) => resolve([...seen, body]),
      }
      probes(cable)['/metrics']({} as never, response as never)
    })
    assert.deepEqual(answered, [501, 'npm install prom-client\n'])
    assert.equal(lines.length, 1)
  })
})
