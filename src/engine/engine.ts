// The seam of the delivering side: who gives broadcasts their positions, keeps the history, and carries both broadcasts and
// signals between processes. Types only. An engine may start late, answer late, answer from elsewhere, or fail.

/** What an engine takes. `json` is the data as JSON text. */
export interface Outgoing {
  readonly stream: string
  readonly json: string
  readonly exclude?: string | undefined
}

/** A broadcast in its place in the one sequence over all streams. */
export interface Positioned extends Outgoing {
  /** Grows by one with each broadcast, from 1; comparable within one epoch. */
  readonly position: number
  /** The same place as text, `epoch:position`: "I have seen everything up to here". */
  readonly cursor: string
}

/** What one stream had after a cursor. */
export interface Replay {
  /** False when something after the cursor is no longer held, or when the cursor cannot be judged. */
  readonly recovered: boolean
  /**
   * The engine's position when it answered: everything of the stream up to it is in `messages`, nothing after it is. It may
   * be ahead of what a process was handed by then, never behind what it had been handed when the question was asked.
   */
  readonly position: number
  /** The same place as text. */
  readonly cursor: string
  /** Ascending by position; empty when there is a gap. */
  readonly messages: readonly Positioned[]
}

/** What reaches the hub of every process that shares an engine. `subject` is the text form of an identity. */
export type Signal =
  | { readonly type: 'disconnect'; readonly subject: string }
  | { readonly type: 'revoke' | 'restore'; readonly stream: string; readonly subject: string }

/** What an engine tells the hub of its process. */
export interface EngineDelegate {
  /** Hands broadcasts on, in order of position. */
  delivered(messages: readonly Positioned[]): void
  /** The log has a hole here: what came between was not handed on and never will be. */
  lost(): void
  signalled(signal: Signal): void
}

export interface Engine {
  /** May connect, and resolves once it has. The hub runs before that, and also where it rejects. */
  start(to: EngineDelegate): Promise<void>
  /** The place of the last broadcast handed on in this process: a lower bound, so that a replay is a superset. Undefined while unknown. */
  cursor(): string | undefined
  /**
   * Takes all or none, and resolves once this process has been handed them. The same `id` is applied once, however many
   * senders, cables and processes bring it.
   */
  publish(broadcasts: readonly Outgoing[], id?: string): Promise<void>
  /** What a stream had after a cursor; `null` means "from now on". After `deadline` nobody waits for the answer. */
  since(stream: string, cursor: string | null, deadline: AbortSignal): Promise<Replay>
  /** Reaches the hub of every process, this one included. */
  signal(signal: Signal): Promise<void>
  /** Hands nothing more to this hub and lets go of what was held for it. A history that others share stays. */
  stop(to: EngineDelegate): Promise<void>
}
