// Looks at what is on the page after a cut, and says what was replayed, in which order, and whether anything is missing.
import { Controller } from '@hotwired/stimulus'

export class ReplayController extends Controller {
  static targets = ['number', 'outage', 'verdict']

  #late = new Set()
  #cut = false

  // Lifecycle

  numberTargetConnected(element) {
    // What came with the page proves nothing about a replay.
    if (this.#cut) this.#late.add(element)
    this.#judge()
  }

  outageTargetConnected() {
    this.#judge()
  }

  // Actions

  disconnected() {
    this.#cut = true
    this.element.dataset.cut = ''
  }

  connected() {
    delete this.element.dataset.cut
  }

  // Internal

  // The server names the first and the last number that it sent during the cut; the page counts what it has.
  #judge() {
    const { first, last } = this.outageTarget.dataset
    if (!last || !this.#late.size) return
    const within = this.numberTargets.filter((element) => between(Number(element.dataset.number), first, last))
    const replayed = within.filter((element) => this.#late.has(element))
    for (const element of replayed) element.dataset.replayed = ''
    const have = replayed.map((element) => Number(element.dataset.number))
    const wanted = Array.from({ length: last - first + 1 }, (_, index) => Number(first) + index)
    const whole = String(have) === String(wanted)
    this.verdictTarget.textContent = whole
      ? `Replayed: all ${wanted.length}, from ${first} to ${last}, in order. None is missing, none is here twice.`
      : `On this page so far: ${have.length} of ${wanted.length}: ${have.join(', ')}.`
    this.element.dataset.verdict = whole ? 'whole' : 'partial'
  }
}

const between = (number, first, last) => number >= first && number <= last
