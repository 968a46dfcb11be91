// The hub of a cable, which also keeps what pages that come late need of the texts that grow.

import type { Positioned } from '../engine/engine'
import { Hub } from './hub'
import { Texts } from './texts'

export class HubWithTexts extends Hub {
  /** What there is of each text now: with every broadcast that `cursor()` counts, and none after it. */
  readonly texts = new Texts()

  override delivered(messages: readonly Positioned[]): void {
    for (const message of messages) this.texts.take(message)
    super.delivered(messages)
  }

  override lost(): void {
    this.texts.clear()
    super.lost()
  }
}
