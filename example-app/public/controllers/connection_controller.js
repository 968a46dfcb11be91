// The badge in the header: whether this page hears from the server, and whether the server would hear of a press.
import { Controller } from '@hotwired/stimulus'

const texts = {
  idle: 'Nothing live here',
  connecting: 'Connecting…',
  connected: 'Live',
  disconnected: 'Not live, trying again…',
  offline: 'Offline: what you press now is not sent',
  rejected: 'Not live: this page may not listen',
}

// Between two looks at whether the server can be reached, ms.
const pause = 2000

export class ConnectionController extends Controller {
  static targets = ['text']

  connect() {
    if (this.#state === 'connecting') this.#show(stateOfPage('connecting'))
  }

  disconnect() {
    clearTimeout(this.timer)
  }

  // Actions

  connected() {
    // Each marker has its say. One that was refused outweighs those that were not.
    if (this.#state !== 'rejected') this.#show('connected')
  }

  rejected() {
    this.#show('rejected')
  }

  /** The socket is gone, the browser is off or on line again, or a request came to nothing: is the server there? */
  async look() {
    clearTimeout(this.timer)
    if (stateOfPage('disconnected') === 'disconnected' && this.#state !== 'offline') this.#show('disconnected')
    const reached = await reachable()
    // A refusal that came while this was asked stands: the server is there, and has said no.
    if (!this.element.isConnected || (reached && this.#state === 'rejected')) return
    const state = reached ? stateOfPage('disconnected') : 'offline'
    this.#show(state)
    clearTimeout(this.timer)
    if (state !== 'connected' && state !== 'idle') this.timer = setTimeout(() => this.look(), pause)
  }

  /** Another page comes, with markers of its own. */
  renew() {
    if (this.#state === 'rejected') this.#show('connecting')
  }

  // Internal

  get #state() {
    return this.element.dataset.state
  }

  #show(state) {
    if (this.#state === state) return
    this.element.dataset.state = state
    this.textTarget.textContent = texts[state]
  }
}

// This script may be late: the markers tell what has happened before it ran.
function stateOfPage(otherwise) {
  if (document.querySelector('[data-turbo-stream][connected]')) return 'connected'
  return document.querySelector('[data-turbo-stream]') ? otherwise : 'idle'
}

function reachable() {
  const question = { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(5000) }
  return fetch('/icon.svg', question).then(
    ({ ok }) => ok,
    () => false,
  )
}
