// Says again which history the log holds, before the last mark is trimmed away, while anybody is here.

import type { Mark } from './entry'
import type { Log, LogLimits } from './log'
import type { Marks } from './marks'

export interface ReminderParts {
  readonly marks: Marks
  readonly limits: () => LogLimits
  /** What a mark says beside the history. */
  readonly beside: () => Partial<Mark>
}

/** Repeats the mark of one process. */
export class Reminder {
  readonly #parts: ReminderParts
  #underWay = false
  /** The last mark lacks something that is known here. */
  lacking = false

  constructor(parts: ReminderParts) {
    this.#parts = parts
  }

  get isDue(): boolean {
    const { marks, limits } = this.#parts
    return !this.#underWay && marks.held !== undefined && (this.lacking || marks.isDue(limits()))
  }

  /** Writes the mark. `first` is the sequence of the oldest entry. */
  async remind(log: Log, first: number): Promise<void> {
    const { marks, beside } = this.#parts
    if (!marks.held) return
    const { epoch, server, began } = marks.held
    this.#underWay = true
    try {
      const said = { mark: { epoch, server, began, ...beside() } }
      const taken = await log.append(said, { after: marks.last(first) })
      // Another one was quicker, or the last one is gone already.
      if (taken === undefined) await log.append(said, { after: marks.last((await log.look()).first) })
    } finally {
      this.#underWay = false
    }
  }
}
