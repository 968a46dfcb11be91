// Doubles for the seams of the hub: a transport that records what it is given, and an engine that answers when it is told.

import { setImmediate } from 'node:timers/promises'
import type { Deadline, Engine, EngineDelegate, Outgoing, Positioned, Replay, Signal } from '../../src/engine/engine.ts'
import { Backlog } from '../../src/hub/backlog.ts'
import { Connection, type ConnectionDelegate } from '../../src/hub/connection.ts'
import { Hub } from '../../src/hub/hub.ts'
import type { Identity } from '../../src/options/identity.ts'
import { resolveOptions, type TurboCableOptions } from '../../src/options/options.ts'
import { turboCableProtocol } from '../../src/protocol/turbo-cable.ts'
import type { Framing, Transport, TransportDelegate } from '../../src/transport/transport.ts'
import type { Message } from './client.ts'

/** One line per text, and a dot to keep alive. */
const lines: Framing = {
  name: 'lines',
  frame: (text) => Buffer.from(`${text}\n`),
  around: (head, payload, tail) => Buffer.from(`${head}${payload}${tail}\n`),
  keepAlive: Buffer.from('.\n'),
}

/** Records what it is told to write and to do. */
export class RecordingTransport implements Transport {
  readonly framing = lines
  open = true
  /** Set by a test whose client does not read. */
  pending = 0
  /** What each write carried, as messages. */
  readonly writes: Message[][] = []
  /** How it was ended, in order: a code, `destroyed`, or both. */
  readonly ends: (number | 'destroyed')[] = []
  corked = 0
  delegate: TransportDelegate | undefined

  start(delegate: TransportDelegate): void {
    this.delegate = delegate
  }

  write(frames: Buffer): void {
    const texts = frames.toString().split('\n')
    this.writes.push(texts.filter((text) => text !== '' && text !== '.').map((text) => JSON.parse(text)))
  }

  cork(): void {
    this.corked++
  }

  uncork(): void {
    this.corked--
  }

  end(last: Buffer, code: number): void {
    this.write(last)
    this.open = false
    this.ends.push(code)
  }

  destroy(): void {
    this.ends.push('destroyed')
    this.close()
  }

  /** The client is gone. */
  close(): void {
    this.open = false
    this.delegate?.closed()
  }

  /** The client says something. */
  says(command: object): void {
    this.delegate?.received(JSON.stringify(command))
  }

  subscribe(stream: string, extra: object = {}): void {
    this.says({ type: 'subscribe', stream, ...extra })
  }

  unsubscribe(stream: string): void {
    this.says({ type: 'unsubscribe', stream })
  }

  /** All that was written since this was last asked. */
  read(): Message[] {
    return this.writes.splice(0).flat()
  }
}

/** A question that the hub has put to the engine. */
export interface Question {
  readonly stream: string
  readonly cursor: string | null
  readonly deadline: AbortSignal
  /** Answers from the log of this moment, or with what is given. */
  answer(replay?: Partial<Replay>): void
  fail(error: Error): void
}

/** Its cursors are `e:position`. */
export class ScriptedEngine implements Engine {
  /** Everything published, whether or not it was delivered. */
  readonly log: Positioned[] = []
  /** Those that have no answer yet. */
  readonly questions: Question[] = []
  readonly signals: Signal[] = []
  /** When true, questions are answered as they come. */
  answers = true
  /** When false, what is published stays in the log until `deliver()`. */
  delivers = true
  /** Whom it was started for, while it runs. */
  to: EngineDelegate | undefined
  #delivered = 0

  async start(to: EngineDelegate): Promise<void> {
    this.to = to
  }

  cursor(): string | undefined {
    return `e:${this.#delivered}`
  }

  async publish(broadcasts: readonly Outgoing[]): Promise<void> {
    for (const each of broadcasts) {
      const position = this.log.length + 1
      this.log.push({ ...each, position, cursor: `e:${position}` })
    }
    if (this.delivers) this.deliver()
  }

  /** Hands on what was published until now. */
  deliver(): void {
    const messages = this.log.slice(this.#delivered)
    this.#delivered = this.log.length
    this.to?.delivered(messages)
  }

  async refreshAll(): Promise<void> {
    this.to?.lost()
  }

  since(stream: string, cursor: string | null, { signal: deadline }: Deadline): Promise<Replay> {
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void) => {
        this.questions.splice(this.questions.indexOf(question), 1)
        settled()
      }
      const question: Question = {
        stream,
        cursor,
        deadline,
        answer: (replay) => settle(() => resolve({ ...this.#replay(stream, cursor), ...replay })),
        fail: (error) => settle(() => reject(error)),
      }
      this.questions.push(question)
      if (this.answers) question.answer()
    })
  }

  async signal(signal: Signal): Promise<void> {
    this.signals.push(signal)
    this.to?.signalled(signal)
  }

  async stop(): Promise<void> {
    this.to = undefined
  }

  #replay(stream: string, cursor: string | null): Replay {
    const position = this.log.length
    const seen = cursor === null ? position : Number(cursor.split(':')[1])
    const messages = this.log.filter((each) => each.stream === stream && each.position > seen)
    return { recovered: true, position, cursor: `e:${position}`, messages }
  }
}

/** A started hub over a scripted engine, and the clients that a test lets in. */
export function hubOf(options: TurboCableOptions = {}) {
  const engine = new ScriptedEngine()
  const hub = new Hub(engine, resolveOptions({ allowedOrigins: [], ...options }, {}))
  void hub.start()
  return {
    hub,
    engine,
    /** Lets a client in; it has read its welcome, if there is one. */
    client(identity?: Identity): RecordingTransport {
      const transport = new RecordingTransport()
      hub.accept(transport, turboCableProtocol, { identity, request: undefined })
      transport.read()
      return transport
    },
    /** One broadcast of `n` to `stream`. */
    publish: (stream: string, n: unknown) => hub.publish([{ stream, data: n as number }]),
  }
}

/** A connection by itself, with limits that no test comes near. */
export function connectionOf(delegate: Partial<ConnectionDelegate> = {}, limits = {}, identity?: Identity) {
  const transport = new RecordingTransport()
  const nobody: ConnectionDelegate = {
    id: 'cable',
    commandReceived() {},
    frameReceived() {},
    connectionTooFast() {},
    connectionOverflowed() {},
    connectionClosed() {},
  }
  const connection = new Connection(
    transport,
    turboCableProtocol,
    { pendingBytes: 1_000, messagesPerSecond: 50, ...limits },
    new Backlog(1_000_000, () => {}),
    { identity, request: undefined },
    { ...nobody, ...delegate },
  )
  return { transport, connection }
}

/** Lets everything go on that waits for no more than this turn of the event loop. */
export async function turn(): Promise<void> {
  await setImmediate()
}
