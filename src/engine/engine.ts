// The seam of the delivering side: who gives broadcasts their positions, keeps the history, and carries them between
// processes. An engine may answer late, from elsewhere, or fail; only this much is promised.

/** What an engine takes. `json` is the data as JSON text. */
export interface Outgoing {
  readonly stream: string
  readonly json: string
  readonly exclude?: string | undefined
}

/** A broadcast in its place in the one sequence over all streams. */
export interface Positioned extends Outgoing {
  readonly position: number
}

/** What one stream had after a cursor. */
export interface Replay {
  /** False when something after the cursor is no longer held, or when the cursor cannot be judged. */
  readonly recovered: boolean
  /**
   * The engine's position when it answered: everything of the stream up to it is in `messages`, nothing after it is. It may
   * be ahead of what `deliver` was given by then, never behind what it had been given when the question was asked.
   */
  readonly position: number
  /** Ascending by position; empty when there is a gap. */
  readonly messages: readonly Positioned[]
}

export interface Engine {
  /** The cursor of a position, `epoch:position`. */
  cursorAt(position: number): string
  /** The last position this process has handed on. Never ahead of what `deliver` was given. */
  position(): number
  /** Where published broadcasts are handed on, in order of position. Called once, before anything else. */
  start(deliver: (messages: readonly Positioned[]) => void): void
  /** Takes all or none. Resolves once this process's `deliver` has been given them. */
  publish(broadcasts: readonly Outgoing[]): Promise<void>
  /** What a stream had after a cursor; `null` means "from now on". */
  since(stream: string, cursor: string | null): Promise<Replay>
  /** Forgets everything and lets go of whatever it holds. */
  stop(): Promise<void>
}
