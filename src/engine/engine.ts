// The seam behind the hub. An engine gives broadcasts their positions, keeps the history, and carries broadcasts and signals
// between processes. Types only. An engine may start late, answer late, keep its history elsewhere, or fail.

/** A broadcast as an engine takes it. */
export interface Outgoing {
  readonly stream: string
  /** The data as JSON text. */
  readonly json: string
  /** The id of a page that is not sent this. */
  readonly exclude?: string | undefined
}

/** A broadcast with its position in the one sequence over all streams. */
export interface Positioned extends Outgoing {
  /** A positive safe integer that grows with each broadcast of an epoch. Positions of two epochs cannot be compared. */
  readonly position: number
  /** The same position as text, `epoch:position`, at most 256 characters. A client that sends it says "I have everything up to here". */
  readonly cursor: string
}

/** What one stream had after a cursor. */
export interface Replay {
  /** False if something after the cursor is no longer kept, or if nobody can tell. */
  readonly recovered: boolean
  /**
   * The engine's position when it answered: `messages` has everything of the stream up to it, and nothing after it. It may be
   * later than what was delivered to a process by then, but never earlier than what was delivered when the question was asked.
   */
  readonly position: number
  /** The same position as text. */
  readonly cursor: string
  /** In order of position; empty if there is a gap. */
  readonly messages: readonly Positioned[]
}

/** A command to the hub of every process that shares the engine. `subject` is the text form of an identity. */
export type Signal =
  /** `ago`: it was said so many ms ago, and does not mean who has come since. */
  | { readonly type: 'disconnect'; readonly subject: string; readonly ago?: number }
  | Revocation
  /** `ago` as for a revocation. */
  | { readonly type: 'restore'; readonly stream: string; readonly subject: string; readonly ago?: number }
  | Whisper
  | PresenceSignal

/** Refuses a stream to an identity: until `restore`, or until it ends by itself. */
export interface Revocation {
  readonly type: 'revoke'
  readonly stream: string
  readonly subject: string
  /** When it ends, ms since 1970. */
  readonly until?: number
  /** It is said again, and was said first so many ms ago: of two about the same the later one counts. */
  readonly ago?: number
}

/** What one client says to the other subscribers of a stream. It has no position, and is kept nowhere. */
export interface Whisper {
  readonly type: 'whisper'
  readonly stream: string
  /** As JSON text. */
  readonly json: string
  /** The name of the connection that it comes from, which is not sent it. */
  readonly from: string
}

/** Somebody on a stream, as hubs tell each other. */
export interface Listed {
  readonly stream: string
  readonly id: string
  /** What the app shows of it, as JSON has it. */
  readonly info: unknown
  /** When it came, ms since 1970. */
  readonly since: number
}

/** What the hubs that share an engine tell each other about who is with them. An engine hands it on as it is. */
export type PresenceSignal = {
  readonly type: 'presence'
  /** The name of the hub that says this. */
  readonly from: string
  /** How many changes this hub has told, this one included. */
  readonly count: number
} & (
  | { readonly kind: 'joined'; readonly who: Listed }
  | { readonly kind: 'left'; readonly stream: string; readonly id: string }
  /** The app was told of a change that this hub told: `key` is the change's. */
  | { readonly kind: 'told'; readonly stream: string; readonly key: string }
  | { readonly kind: 'alive' }
  /** Everybody who is with a hub, this one or another; `count` is that hub's. In one part or several, from 0. */
  | {
      readonly kind: 'all'
      readonly of: string
      readonly part: number
      readonly people: readonly Listed[]
      readonly last: boolean
    }
  /** Asks one hub, or all of them, who is with them. */
  | { readonly kind: 'ask'; readonly of?: string }
  /** This hub stops; its people come back to others within so many ms. */
  | { readonly kind: 'closing'; readonly hold: number }
  /** Another hub has been silent for too long. */
  | { readonly kind: 'forget'; readonly hub: string }
)

/** What an engine tells the hub of its process. */
export interface EngineDelegate {
  /** Takes broadcasts, in order of position. */
  delivered(messages: readonly Positioned[]): void
  /**
   * Some broadcasts were not delivered to this process, and never will be. `missed` is false where they had not even come to the
   * engine: what did was delivered.
   */
  lost(missed?: boolean): void
  /** The engine cannot be reached any more, or not yet: nothing can be sent. Said once, also to one that starts meanwhile. */
  away?(reason: string): void
  /** It can be reached again. */
  back?(): void
  /**
   * Takes a signal. `age` is for how long the engine has had it, ms; infinite for what it has kept beside its log and does not know
   * when that was said. @default 0
   */
  signalled(signal: Signal, age?: number): void
}

/** Until when an answer is wanted. */
export interface Deadline {
  /** Aborted once the answer is no longer wanted. It is made when it is first read: an engine that answers at once need not. */
  readonly signal: AbortSignal
}

/** What a history is to keep. */
export interface HistoryBounds {
  /** Messages of each stream. */
  readonly size: number
  /** How long each message, ms. */
  readonly ttl: number
  /** Bytes of each stream. */
  readonly streamBytes: number
  /** Bytes of all streams together. */
  readonly totalBytes: number
}

/** Gives positions, keeps the history, connects processes. Pass one as the option `engine`. */
export interface Engine {
  /**
   * Begins to deliver to `to`. Resolves once the engine is connected. The hub runs before that, and also if this rejects.
   * `history` is what the hub was told to keep. An engine that outlives a process also hands on, by `signalled`, the revocations
   * that have an end, as long as they hold.
   */
  start(to: EngineDelegate, history?: HistoryBounds): Promise<void>
  /**
   * The cursor of the last broadcast delivered in this process, undefined while unknown. The engine may know of later ones: a
   * replay from here then has more than is needed, never less.
   */
  cursor(): string | undefined
  /**
   * Takes all broadcasts or none, and resolves once they were delivered in this process. What has an `id` is taken once, however
   * often and by however many senders, cables and processes it is published. Where no hub is here, or none any more, it is taken
   * for those elsewhere; where there can be none it rejects, and who goes on with the history learns of the gap.
   */
  publish(broadcasts: readonly Outgoing[], id?: string, givenUp?: readonly string[]): Promise<void>
  /**
   * Notes that broadcasts to any stream may have been lost before they came here. Every cursor of until now has a gap then, and
   * the hub of every process is told by `lost()`. What has an `id` is taken once.
   */
  refreshAll(id?: string): Promise<void>
  /** What a stream had after a cursor; `null` means "from now on". `deadline` says until when the answer is wanted. */
  since(stream: string, cursor: string | null, deadline: Deadline): Promise<Replay>
  /** Sends a signal to the hub of every process, this one included. All of them get all signals in one order, but for whispers. */
  signal(signal: Signal): Promise<void>
  /** Delivers nothing more to `to` and frees what was kept for it. A history that others share stays. */
  stop(to: EngineDelegate): Promise<void>
}
