// From a broadcast to the sockets. Messages are gathered per stream until the turn of the event loop ends (setImmediate). Then
// each is encoded and framed once per audience, and each socket is written to once. A lone message waits for nothing else.
// If a turn has gathered several messages, more are probably on their way, and one write costs the same for many. So the next
// turn lasts a few rounds of the event loop longer; when nothing comes, that is some microseconds. There is no timer.

import type { Positioned } from '../engine/engine'
import type { Audience } from './audience'
import type { Connection } from './connection'
import type { Topic } from './topic'

// By how many rounds of the event loop a turn is longer after one that has gathered several messages.
const roundsUnderLoad = 8

interface Turn {
  readonly done: Promise<void>
  readonly end: () => void
  messages: number
  /** Rounds of the event loop until it ends. */
  rounds: number
  immediate: NodeJS.Immediate
}

/** Gathers the messages of a turn and hands them to the sockets. */
export class FanOut {
  readonly #endOfRound = () => this.#endRound()
  #dirty: Topic[] = []
  #turn: Turn | undefined
  #underLoad = false
  readonly #told: (connection: Connection) => void

  /** `told` is called, after a turn, for each connection that was sent messages and whose protocol tells its position then. */
  constructor(told: (connection: Connection) => void = () => {}) {
    this.#told = told
  }

  /** Adds a message, to be sent to the members of its topic at the end of this turn. */
  add(topic: Topic, positioned: Positioned): void {
    if (topic.pending.push(positioned) === 1) this.#dirty.push(topic)
    this.#turn ??= this.#begin()
    this.#turn.messages++
  }

  /** Resolves when everything that was added has been written to the sockets. */
  flushed(): Promise<void> {
    return this.#turn?.done ?? Promise.resolve()
  }

  /** Writes everything that was added to the sockets now. */
  flush(): void {
    const topics = this.#dirty
    const turn = this.#turn
    if (!turn) return
    this.#dirty = []
    this.#turn = undefined
    this.#underLoad = turn.messages > 1
    clearImmediate(turn.immediate)
    const gathering: Connection[] = []
    for (const topic of topics) this.#flushTopic(topic, topics.length > 1, gathering)
    for (const connection of gathering) {
      connection.gathering = false
      if (connection.protocol.tellsPosition === 'after-turn') this.#told(connection)
      connection.transport.uncork()
    }
    turn.end()
  }

  #begin(): Turn {
    let end = () => {}
    const done = new Promise<void>((resolve) => {
      end = resolve
    })
    const rounds = this.#underLoad ? roundsUnderLoad : 0
    return { done, end, messages: 0, rounds, immediate: setImmediate(this.#endOfRound) }
  }

  #endRound(): void {
    if (this.#turn && this.#turn.rounds-- > 0) this.#turn.immediate = setImmediate(this.#endOfRound)
    else this.flush()
  }

  #flushTopic(topic: Topic, amongOthers: boolean, gathering: Connection[]): void {
    const messages = topic.pending
    topic.pending = []
    const payloads = topic.mixed ? messages.map(({ json }) => Buffer.from(json)) : undefined
    for (const audience of topic.audiences) {
      if (audience.members.size === 0) continue
      const gathers = amongOthers || audience.protocol.tellsPosition === 'after-turn'
      deliver(audience, messages, { payloads, gathering: gathers ? gathering : undefined })
    }
  }
}

interface Delivery {
  /** The messages' JSON in bytes, where several audiences share them. */
  readonly payloads: readonly Buffer[] | undefined
  /** Where those are noted whose frames of several streams are gathered. */
  readonly gathering: Connection[] | undefined
}

// All members get the same bytes. Exceptions: a page that a message excludes, and members who got some messages by a replay.
function deliver(audience: Audience, messages: readonly Positioned[], { payloads, gathering }: Delivery): void {
  const { members, ahead } = audience
  const frames = messages.map((message, index) => audience.frame(message, payloads?.[index]))
  const shared = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames)
  const forAll = !ahead?.size && messages.every((each) => each.exclude === undefined)
  for (const connection of members) {
    if (gathering && !connection.gathering) {
      connection.gathering = true
      connection.transport.cork()
      gathering.push(connection)
    }
    if (forAll) {
      connection.write(shared)
      continue
    }
    const seen = ahead?.get(connection) ?? -1
    const wants = ({ exclude, position }: Positioned) =>
      position > seen && (exclude === undefined || exclude !== connection.id)
    if (messages.every(wants)) connection.write(shared)
    else connection.write(Buffer.concat(frames.filter((_, index) => wants(messages[index] as Positioned))))
    if (seen !== -1 && (messages.at(-1) as Positioned).position > seen) ahead?.delete(connection)
  }
}
