// What of the log is handed on in this process: what came after its connection was there, and nothing before it is known which
// history that is of.

import type { Delivery } from '../delivery'
import type { Positioned, Revocation, Signal } from '../engine'
import { endOf } from './entry'

interface Step {
  readonly sequence: number
  readonly messages: readonly Positioned[]
  readonly signal: Signal | undefined
}

/** Hands on, or keeps until it may. */
export class Onward {
  readonly #delivery: Delivery
  #from = 0
  #early: Step[] = []

  constructor(delivery: Delivery) {
    this.#delivery = delivery
  }

  /** Nothing up to this sequence is handed on. */
  after(sequence: number): void {
    this.#from = sequence
    this.#early = []
  }

  /** What is up to this sequence is gone. */
  skip(sequence: number): void {
    if (sequence > this.#from) this.after(sequence)
  }

  /** Takes what an entry says. */
  take(step: Step): void {
    if (step.sequence <= this.#from) return
    if (this.#delivery.epoch === undefined) this.#early.push(step)
    else this.#hand(step)
  }

  /** It is clear which history this is. Signals of the revocations that hold may have been missed. */
  begin(epoch: string, missed: () => readonly Signal[]): void {
    const delivery = this.#delivery
    if (delivery.epoch !== undefined) return
    delivery.begin(epoch, endOf(this.#from))
    for (const each of missed()) delivery.signalled(each)
    for (const { sequence, messages, signal } of this.#early.splice(0)) {
      const own = messages.map((message) => ({ ...message, cursor: delivery.cursorAt(message.position) }))
      this.#hand({ sequence, messages: own, signal })
    }
  }

  /** Hands on revocations that were not known; who begins is told of all. */
  tell(revoked: readonly Revocation[]): void {
    if (this.#delivery.epoch === undefined) return
    for (const each of revoked) this.#delivery.signalled(each)
  }

  /** Another history begins with this entry. */
  turn(epoch: string, sequence: number, revoked: readonly Revocation[]): void {
    const delivery = this.#delivery
    if (delivery.epoch === undefined) return
    delivery.lost()
    delivery.begin(epoch, endOf(sequence))
    for (const each of revoked) delivery.signalled(each)
  }

  #hand({ sequence, messages, signal }: Step): void {
    if (signal) this.#delivery.signalled(signal)
    if (messages.length > 0) this.#delivery.delivered(messages)
    else this.#delivery.passed(endOf(sequence))
  }
}
