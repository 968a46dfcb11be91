// The badge in the header: whether this page hears from the server.
import { Controller } from '@hotwired/stimulus'

const texts = {
  idle: 'Nothing live here',
  connecting: 'Connecting…',
  connected: 'Live',
  disconnected: 'Offline, trying again…',
}

export class ConnectionController extends Controller {
  static targets = ['text']

  connect() {
    document.addEventListener('turbo-cable:connected', this.connected)
    document.addEventListener('turbo-cable:disconnected', this.disconnected)
    if (this.element.dataset.state === 'connecting') this.#show(stateOfPage())
  }

  disconnect() {
    document.removeEventListener('turbo-cable:connected', this.connected)
    document.removeEventListener('turbo-cable:disconnected', this.disconnected)
  }

  connected = () => this.#show('connected')
  disconnected = () => this.#show('disconnected')

  #show(state) {
    // Each marker has its say; the badge speaks once.
    if (this.element.dataset.state === state) return
    this.element.dataset.state = state
    this.textTarget.textContent = texts[state]
  }
}

// This script may be late: the markers tell what has happened before it ran.
function stateOfPage() {
  if (document.querySelector('[data-turbo-stream][connected]')) return 'connected'
  return document.querySelector('[data-turbo-stream]') ? 'connecting' : 'idle'
}
