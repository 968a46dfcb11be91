// The signals that take something back, or give it again.

import type { PresenceSignal, Signal, Whisper } from './engine'

export type Removal = Exclude<Signal, Whisper | PresenceSignal>

/** Whether a signal is one. */
export function isRemoval(signal: Signal): signal is Removal {
  return signal.type === 'revoke' || signal.type === 'restore' || signal.type === 'disconnect'
}
