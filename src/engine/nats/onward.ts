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
  readonly #now: () => number
  #from = 0
  #early: Step[] = []
  /** Whether it has begun before: who was taken out meanwhile may be here. */
  #came = false
  readonly #made = performance.now()
  #missed: Step[] = []

  /** `now` tells the server's time, ms. */
  constructor(delivery: Delivery, now: () => number) {
    this.#delivery = delivery
    this.#now = now
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
      // While NATS was away pages were served.
      if (step.signal && (this.#came || this.#delivery.isAway)) this.#missed.push(step)
      return
    }
    if (this.#delivery.epoch === undefined) this.#early.push(step)
    else this.#hand(step)
  }

  /** It is clear which history this is. `revoked` says what holds of the revocations. */
  begin(epoch: string, revoked: () => readonly Signal[]): void {
    const delivery = this.#delivery
    if (delivery.epoch !== undefined) return
    delivery.begin(epoch, endOf(this.#from))
    // A second time they change nothing.
    for (const { signal, written } of this.#missed.splice(0)) {
      const age = this.#since(written)
      if (!this.#came && age > performance.now() - this.#made) continue
      if (signal?.type === 'disconnect') delivery.signalled({ ...signal, ago: age + (signal.ago ?? 0) })
      else if (signal?.type === 'revoke' || signal?.type === 'restore') delivery.signalled(signal, age)
    }
    for (const each of revoked()) delivery.kept(each)
    this.#came = true
    for (const { messages, ...step } of this.#early.splice(0)) {
      const own = messages.map((message) => ({ ...message, cursor: delivery.cursorAt(message.position) }))
      this.#hand({ ...step, messages: own })
    }
  }

  /** Hands on revocations that were not known; who begins is told of all. */
  tell(revoked: readonly Revocation[]): void {
    if (this.#delivery.epoch === undefined) return
    for (const each of revoked) this.#delivery.kept(each)
  }

  /** Another history begins with this entry. */
  turn(epoch: string, sequence: number, revoked: readonly Revocation[]): void {
    const delivery = this.#delivery
    if (delivery.epoch === undefined) return
    delivery.lost()
    delivery.begin(epoch, endOf(sequence))
    for (const each of revoked) delivery.kept(each)
  }

  #since(written: number): number {
    return Math.max(0, this.#now() - written)
  }

  #hand({ sequence, written, messages, signal }: Step): void {
    if (signal) this.#delivery.signalled(signal, this.#since(written))
    if (messages.length > 0) this.#delivery.delivered(messages)
    else this.#delivery.passed(endOf(sequence))
  }
}
