// Keeps the end of what a command prints in view. The output itself comes by the page's marker.
import { Controller } from '@hotwired/stimulus'

export class TerminalController extends Controller {
  #observer = new MutationObserver(() => this.#follow())

  connect() {
    this.#observer.observe(this.element, { childList: true, subtree: true })
    this.#follow()
  }

  disconnect() {
    this.#observer.disconnect()
  }

  #follow() {
    this.element.scrollTop = this.element.scrollHeight
  }
}
