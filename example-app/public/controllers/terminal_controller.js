// Starts a command and prints its output as it comes.
import { Controller } from '@hotwired/stimulus'
import { subscribe } from 'turbo-cable/client'
import { post } from '../post.js'

export class TerminalController extends Controller {
  static targets = ['screen', 'message', 'button']
  static values = { stream: String, cursor: String, length: Number }

  #leave = () => {}

  // Lifecycle

  connect() {
    if (this.streamValue) this.#follow()
  }

  disconnect() {
    this.#leave()
  }

  // Actions

  async start(event) {
    event.preventDefault()
    if (event.submitter.ariaDisabled) return
    const answer = post(event.target, event.submitter)
    this.#leave()
    this.screenTarget.textContent = ''
    this.lengthValue = 0
    this.#say(`${event.submitter.textContent}: starting`, 'running')
    try {
      const { stream, cursor } = await answer
      this.streamValue = stream
      this.cursorValue = cursor
      this.#follow()
    } catch (error) {
      this.#say(error.message, 'failed')
    }
  }

  // Internal

  #follow() {
    this.#leave = subscribe(this.streamValue, (data) => this.#receive(data), { cursor: this.cursorValue })
  }

  #receive({ title, chunk, offset, failure, done, ending, state }) {
    if (done) return this.#finish(`${title}: ${ending}`, state)
    this.#say(`${title}: running`, 'running')
    // A page rendered while the command ran shows some of what is delivered now; `length` is how much.
    const fresh = chunk.slice(Math.max(0, this.lengthValue - offset))
    this.lengthValue += fresh.length
    this.screenTarget.append(failure ? marked(fresh) : fresh)
    this.screenTarget.scrollTop = this.screenTarget.scrollHeight
  }

  #finish(message, state) {
    this.#leave()
    this.streamValue = ''
    this.#say(message, state)
  }

  #say(message, state) {
    this.element.dataset.status = state
    this.messageTarget.textContent = message
    // Not "disabled": a button that is loses the focus.
    for (const button of this.buttonTargets) button.ariaDisabled = state === 'running' ? 'true' : null
  }
}

function marked(text) {
  const span = document.createElement('span')
  span.className = 'failure'
  span.textContent = text
  return span
}
