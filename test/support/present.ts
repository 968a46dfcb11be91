// Hubs with presence for tests: what each tells its app, and the clients that a test lets in.

import type { Engine, EngineDelegate, Signal } from '../../src/engine/engine.ts'
import { MemoryEngine } from '../../src/engine/memory.ts'
import { Hub } from '../../src/hub/hub.ts'
import type { Identity } from '../../src/options/identity.ts'
import { resolveOptions, type TurboCableOptions } from '../../src/options/options.ts'
import type { PresenceChange } from '../../src/options/presence.ts'
import type { Protocol } from '../../src/protocol/protocol.ts'
import { turboCableProtocol } from '../../src/protocol/turbo-cable.ts'
import { RecordingTransport } from './hub-doubles.ts'

/** `+7` for who has come, `-7` for who has left, and who is there then. */
export function wordOf({ identity, joined, present }: PresenceChange): string {
  return `${joined ? '+' : '-'}${identity.id} (${present.map(({ id }) => id)})`
}

/** An engine for one hub or several. */
export function sharedEngine(): MemoryEngine {
  return new MemoryEngine(resolveOptions({}, {}).history)
}

/** A started hub whose streams all have presence. */
export async function presentHub(options: TurboCableOptions = {}, engine: Engine = sharedEngine()) {
  const changes: PresenceChange[] = []
  const onPresence = (change: PresenceChange) => void changes.push(change)
  const hub = new Hub(engine, resolveOptions({ presence: true, onPresence, ...options }, {}))
  await hub.start()
  const client = (identity?: Identity, protocol: Protocol = turboCableProtocol): RecordingTransport => {
    const transport = new RecordingTransport()
    hub.accept(transport, protocol, { identity, request: undefined })
    transport.read()
    return transport
  }
  return {
    hub,
    engine,
    changes,
    /** What the app was told since this was last asked. */
    told: () => changes.splice(0).map(wordOf),
    /** The ids of those on a stream. */
    ids: async (stream = 's') => (await hub.presence.list(stream)).map(({ id }) => id),
    /** Lets a client in. */
    client,
    /** Lets a client in that is on the stream `s`. */
    on(identity?: Identity): RecordingTransport {
      const transport = client(identity)
      transport.subscribe('s')
      return transport
    },
  }
}

/** An engine shared with others, from which a process can be cut off: by a crash, or for a while. */
export class Cut implements Engine {
  readonly #engine: Engine
  readonly #waiting: Signal[] = []
  /** `away`: nothing gets through, either way. `held`: what comes waits. */
  state: 'there' | 'away' | 'held' = 'there'
  #to: EngineDelegate | undefined

  constructor(engine: Engine) {
    this.#engine = engine
  }

  start(to: EngineDelegate): Promise<void> {
    this.#to = to
    return this.#engine.start({
      delivered: (messages) => to.delivered(messages),
      lost: () => to.lost(),
      signalled: (signal) => {
        if (this.state === 'held') this.#waiting.push(signal)
        else if (this.state === 'there') to.signalled(signal)
      },
    })
  }

  /** Everything that waits comes now. */
  release(): void {
    this.state = 'there'
    for (const signal of this.#waiting.splice(0)) this.#to?.signalled(signal)
  }

  async signal(signal: Signal): Promise<void> {
    if (this.state === 'away') {
      // As with Redis: at least those who are here hear it.
      this.#to?.signalled(signal)
      throw new Error('away')
    }
    await this.#engine.signal(signal)
  }

  cursor = () => this.#engine.cursor()
  publish = (...given: Parameters<Engine['publish']>) => this.#engine.publish(...given)
  refreshAll = (id?: string) => this.#engine.refreshAll(id)
  since = (...given: Parameters<Engine['since']>) => this.#engine.since(...given)
  stop = async () => {}
}
