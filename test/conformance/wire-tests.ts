// What every wire must do on every host: subscribe, deliver in order, refuse, replay, and end. Byte for byte, each wire has a file
// of its own.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TestClient } from '../support/client.ts'
import { TestEventSource } from '../support/event-source.ts'
import { type Served, type Start, withServed } from '../support/with-cable.ts'

/** A subscriber to one stream, whatever it speaks. */
interface Listener {
  /** Whether it was let. */
  readonly allowed: Promise<boolean>
  readonly closed: Promise<unknown>
  /** The data of the next message. */
  next(): Promise<unknown>
  /** From where to go on, after the last message that was read. */
  position(): unknown
  close(): void
}

interface Wire {
  readonly replays: boolean
  /** `base` is `http://127.0.0.1:1234/mount`; `from` is what `position()` gave. */
  listen(base: string, stream: string, from?: unknown): Listener
}

function socket(
  base: string,
  protocols: string[],
  subscribe: object,
  read: (message: Record<string, unknown>) => { allowed?: boolean; data?: unknown; position?: unknown } | undefined,
): Listener {
  const client = new TestClient(`${base.replace(/^http/, 'ws')}/cable`, {}, protocols)
  let position: unknown
  const next = async () => {
    for (;;) {
      const said = read(await client.next())
      if (said?.position !== undefined) position = said.position
      if (said) return said
    }
  }
  return {
    allowed: client.opened().then(async () => {
      client.send(subscribe)
      return (await next()).allowed === true
    }),
    closed: client.closed,
    next: async () => (await next()).data,
    position: () => position,
    close: () => client.ws.terminate(),
  }
}

function actionCable(protocol: string, replays: boolean): Wire {
  return {
    replays,
    listen(base, stream, from) {
      const identifier = JSON.stringify({ channel: '$pubsub', stream_name: stream })
      const command = {
        command: 'subscribe',
        identifier,
        ...(from === undefined ? {} : { history: { streams: from } }),
      }
      return socket(base, [protocol], command, ({ type, message, stream_id, epoch, offset }) => {
        if (type === 'confirm_subscription' || type === 'reject_subscription') {
          return { allowed: type === 'confirm_subscription' }
        }
        return type === undefined ? { data: message, position: { [String(stream_id)]: { epoch, offset } } } : undefined
      })
    },
  }
}

const wires: Record<string, Wire> = {
  'turbo-cable': {
    replays: true,
    listen: (base, stream, from = null) =>
      socket(base, [], { type: 'subscribe', stream, cursor: from }, ({ type, data, cursor }) => {
        if (type === 'message') return { data, position: cursor }
        return type === 'ping' ? undefined : { allowed: type === 'subscribed' }
      }),
  },
  'actioncable-v1-json': actionCable('actioncable-v1-json', false),
  'actioncable-v1-ext-json': actionCable('actioncable-v1-ext-json', true),
  'event stream': {
    replays: true,
    listen(base, stream, from) {
      const headers = from === undefined ? {} : { 'Last-Event-ID': String(from) }
      const source = new TestEventSource(`${base}/cable/events?stream=${stream}`, headers)
      let position = ''
      return {
        allowed: source.opened.then(async ({ statusCode }) => {
          // An id tells that it is served.
          while (statusCode === 200 && source.id === '') await new Promise(setImmediate)
          return statusCode === 200
        }),
        closed: source.closed,
        async next() {
          const { data, id } = await source.next()
          position = id
          return JSON.parse(data).data
        },
        position: () => position,
        close: () => source.close(),
      }
    },
  },
}

export function wireTests(name: string, start: Start<Served>): void {
  for (const [wire, { replays, listen }] of Object.entries(wires)) {
    describe(`${name}: the wire ${wire}`, () => {
      const withListeners = (
        run: (context: Served, listener: (from?: unknown, stream?: string) => Listener) => Promise<void>,
      ) =>
        withServed(
          { publicStreams: ['s'] },
          async (context) => {
            const listeners: Listener[] = []
            try {
              await run(context, (from, stream = 's') => {
                const listener = listen(`${context.origin}${context.mount ?? ''}`, stream, from)
                listeners.push(listener)
                return listener
              })
            } finally {
              for (const listener of listeners) listener.close()
              while ((await context.cable.stats()).connections > 0) await new Promise(setImmediate)
            }
          },
          start,
        )

      it('delivers to each subscriber, in order, and refuses a stream that is not public', () =>
        withListeners(async ({ cable }, listener) => {
          const [one, two, nobody] = [listener(), listener(), listener(undefined, 'other')]
          assert.deepEqual([await one.allowed, await two.allowed, await nobody.allowed], [true, true, false])
          await Promise.all(Array.from({ length: 50 }, (_, n) => cable.broadcastJson('s', { n })))
          for (const each of [one, two]) {
            for (let n = 0; n < 50; n++) assert.deepEqual(await each.next(), { n })
          }
        }))

      it(replays ? 'replays what was missed, each once, before what is new' : 'starts with what is new', () =>
        withListeners(async ({ cable }, listener) => {
          const first = listener()
          assert.equal(await first.allowed, true)
          await cable.broadcastJson('s', 1)
          assert.equal(await first.next(), 1)
          first.close()
          await first.closed
          for (const n of [2, 3]) await cable.broadcastJson('s', n)
          const back = listener(replays ? first.position() : undefined)
          assert.equal(await back.allowed, true)
          await cable.broadcastJson('s', 4)
          for (const n of replays ? [2, 3, 4] : [4]) assert.equal(await back.next(), n)
        }),
      )

      it('ends with the cable', () =>
        withListeners(async ({ cable }, listener) => {
          const one = listener()
          assert.equal(await one.allowed, true)
          await cable.close({ timeout: 2_000 })
          await one.closed
        }))
    })
  }
}
