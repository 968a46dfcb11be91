// From a broadcast to the sockets. Messages are gathered per stream until the turn of the event loop ends (setImmediate). Then
// each is encoded and framed once per audience, and each socket is written to once. A lone message waits for nothing else.
// If a turn has gathered several messages, more are probably on their way, and one write costs the same for many. So the next
// turn lasts a few rounds of the event loop longer, and until as many have come: senders that wait for their answers come back
// together. Where several processes write in turns, those answers also wait for the writes of the others, hence for longer than
// one's own. It sleeps meanwhile: what is to come needs the processor too.

import type { Positioned } from '../engine/engine'
import type { Audience } from './audience'
import type { BroadcastNews, Reach } from './broadcast-news'
import type { Connection } from './connection'
import type { Topic } from './topic'

// By how many rounds of the event loop a turn is longer after one that has gathered several messages.
const roundsUnderLoad = 8

// How many times as long as the last turn's writes took it may wait for as many messages as that had.
const waitingForAsMany = 1.5

// And no longer than this, ms: what took long may have been the machine.
const longestWait = 20

// What a timer can do, ms.
const shortestSleep = 1

interface Turn {
  readonly done: Promise<void>
  readonly end: () => void
  messages: number
  /** Rounds of the event loop until it ends. */
  rounds: number
  /** Until when it may wait for as many messages as are expected. */
  readonly until: number
  immediate: NodeJS.Immediate | undefined
  sleep: NodeJS.Timeout | undefined
}

/** Gathers the messages of a turn and hands them to the sockets. */
export class FanOut {
  readonly #endOfRound = () => this.#endRound()
  #dirty: Topic[] = []
  #turn: Turn | undefined
  /** How many messages a turn is expected to have: as many as the last one had, or half of what that was expected to. */
  #expected = 0
  /** How long the writes of the last turn took, ms. */
  #took = 0
  readonly #told: (connection: Connection) => void
  readonly #news: BroadcastNews | undefined
  readonly #now: () => number

  /**
   * `told` is called, after a turn, for each connection that was sent messages and whose protocol tells its position then. `news`
   * hears what became of each message. `now` tells a time in ms that never goes back.
   */
  constructor(
    told: (connection: Connection) => void = () => {},
    news?: BroadcastNews,
    now: () => number = () => performance.now(),
  ) {
    this.#told = told
    this.#news = news
    this.#now = now
  }

  /** Adds a message, to be sent to the members of its topic at the end of this turn. */
  add(topic: Topic, positioned: Positioned): void {
    this.#news?.came(positioned)
    if (topic.pending.push(positioned) === 1) this.#dirty.push(topic)
    this.#turn ??= this.#begin()
    const turn = this.#turn
    turn.messages++
    if (turn.sleep && turn.messages >= this.#expected) this.#wake(turn)
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
    clearImmediate(turn.immediate)
    clearTimeout(turn.sleep)
    const start = this.#now()
    const gathering: Connection[] = []
    for (const topic of topics) this.#flushTopic(topic, topics.length > 1, gathering)
    for (const connection of gathering) {
      connection.gathering = false
      if (connection.protocol.tellsPosition === 'after-turn') this.#told(connection)
      connection.transport.uncork()
    }
    this.#expected = Math.max(turn.messages, Math.floor(this.#expected / 2))
    this.#took = this.#now() - start
    turn.end()
  }

  #begin(): Turn {
    let end = () => {}
    const done = new Promise<void>((resolve) => {
      end = resolve
    })
    const underLoad = this.#expected > 1
    const rounds = underLoad ? roundsUnderLoad : 0
    const until = underLoad ? this.#now() + Math.min(longestWait, this.#took * waitingForAsMany) : 0
    return { done, end, messages: 0, rounds, until, immediate: setImmediate(this.#endOfRound), sleep: undefined }
  }

  #endRound(): void {
    const turn = this.#turn
    if (!turn) return
    const left = turn.messages < this.#expected ? turn.until - this.#now() : 0
    if (turn.rounds-- > 0 || (left > 0 && left < shortestSleep)) turn.immediate = setImmediate(this.#endOfRound)
    else if (left > 0) turn.sleep = setTimeout(this.#endOfRound, left)
    else this.flush()
  }

  // Whatever came with the last one shares the write.
  #wake(turn: Turn): void {
    clearTimeout(turn.sleep)
    turn.sleep = undefined
    turn.immediate = setImmediate(this.#endOfRound)
  }

  #flushTopic(topic: Topic, amongOthers: boolean, gathering: Connection[]): void {
    const messages = topic.pending
    topic.pending = []
    const reach = this.#news?.wanted ? messages.map((): Reach => ({ recipients: 0, bytes: 0 })) : undefined
    const payloads = topic.mixed ? messages.map(({ json }) => Buffer.from(json)) : undefined
    for (const audience of topic.audiences) {
      if (audience.members.size === 0) continue
      const gathers = amongOthers || audience.protocol.tellsPosition === 'after-turn'
      deliver(audience, messages, { payloads, gathering: gathers ? gathering : undefined, reach })
    }
    reach?.forEach((each, index) => {
      this.#news?.written(messages[index] as Positioned, each)
    })
  }
}

interface Delivery {
  /** The messages' JSON in bytes, where several audiences share them. */
  readonly payloads: readonly Buffer[] | undefined
  /** Where those are noted whose frames of several streams are gathered. */
  readonly gathering: Connection[] | undefined
  /** Where it is noted what became of each message, if anybody wants to know. */
  readonly reach: readonly Reach[] | undefined
}

// All members get the same bytes. Exceptions: a page that a message excludes, and members who got some messages by a replay.
function deliver(audience: Audience, messages: readonly Positioned[], { payloads, gathering, reach }: Delivery): void {
  const { members, ahead } = audience
  const frames = messages.map((message, index) => audience.frame(message, payloads?.[index]))
  const shared = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames)
  const forAll = !ahead?.size && messages.every((each) => each.exclude === undefined)
  if (forAll && reach) for (const [index, each] of reach.entries()) count(each, frames[index] as Buffer, members.size)
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
    reach?.forEach((each, index) => {
      if (wants(messages[index] as Positioned)) count(each, frames[index] as Buffer, 1)
    })
    if (messages.every(wants)) connection.write(shared)
    else connection.write(Buffer.concat(frames.filter((_, index) => wants(messages[index] as Positioned))))
    if (seen !== -1 && (messages.at(-1) as Positioned).position > seen) ahead?.delete(connection)
  }
}

function count(reach: Reach, frame: Buffer, recipients: number): void {
  reach.recipients += recipients
  reach.bytes += frame.length * recipients
}
