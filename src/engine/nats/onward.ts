// What of the log is handed on in this process: what came after its connection was there, and nothing before it is known which
// history that is of.

import type { Delivery } from '../delivery'
import type { Positioned, Revocation, Signal } from '../engine'
import { endOf } from './entry'

interface Step {
  readonly sequence: number
  /** The server's time, ms. */
  readonly written: number
  readonly messages: readonly Positioned[]
  readonly signal: Signal | undefined
}

/** Hands on, or keeps until it may. */
export class Onward {
  readonly #delivery: Delivery
  #from = 0
  #early: Step[] = []
  /** Whether it has begun before: who was taken out meanwhile may be here. */
  #came = false
  #missed: Step[] = []

  constructor(delivery: Delivery) {
    this.#delivery = delivery
  }

  /** Nothing up to this sequence is handed on. */
  after(sequence: number): void {
    this.#from = sequence
    this.#early = []
    this.#missed = []
  }

  /** What is up to this sequence is gone. */
  skip(sequence: number): void {
    if (sequence > this.#from) this.after(sequence)
  }

  /** Takes what an entry says. */
  take(step: Step): void {
    if (step.sequence <= this.#from) {
      if (this.#came && step.signal) this.#missed.push(step)
      return
    }
    if (this.#delivery.epoch === undefined) this.#early.push(step)
    else this.#hand(step)
  }

  /** It is clear which history this is. `revoked` says what holds of the revocations; `now` is the server's time, ms. */
  begin(epoch: string, revoked: () => readonly Signal[], now: number): void {
    const delivery = this.#delivery
    if (delivery.epoch !== undefined) return
    delivery.begin(epoch, endOf(this.#from))
    // A second time they change nothing.
    for (const { signal, written } of this.#missed.splice(0)) {
      if (signal?.type === 'disconnect') delivery.signalled({ ...signal, ago: now - written + (signal.ago ?? 0) })
      else if (signal?.type === 'revoke' || signal?.type === 'restore') delivery.signalled(signal)
    }
    for (const each of revoked()) delivery.signalled(each)
    this.#came = true
    for (const { messages, ...step } of this.#early.splice(0)) {
      const own = messages.map((message) => ({ ...message, cursor: delivery.cursorAt(message.position) }))
      this.#hand({ ...step, messages: own })
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
