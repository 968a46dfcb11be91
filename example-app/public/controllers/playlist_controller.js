// Orders a playlist, follows its making on the stream named in the answer, and offers the file.
import { Controller } from '@hotwired/stimulus'
import { subscribe } from 'turbo-cable/client'
import { post } from '../post.js'

export class PlaylistController extends Controller {
  static targets = ['bar', 'message', 'button', 'download']
  static values = { stream: String, cursor: String }

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
    if (this.buttonTarget.ariaDisabled) return
    const answer = post(event.target)
    this.#leave()
    this.#show({ status: 'processing', progress: 0, message: 'Asking for a playlist…' })
    try {
      const { stream, cursor } = await answer
      this.streamValue = stream
      this.cursorValue = cursor
      this.#follow()
    } catch (error) {
      this.#show({ status: 'error', progress: 0, message: error.message })
    }
  }

  // Internal

  #follow() {
    this.#leave = subscribe(this.streamValue, (state) => this.#show(state), { cursor: this.cursorValue })
  }

  #show({ status, progress, message, download }) {
    this.element.dataset.status = status
    this.barTarget.value = progress
    this.messageTarget.textContent = message
    // Not "disabled": a button that is loses the focus.
    this.buttonTarget.ariaDisabled = status === 'processing' ? 'true' : null
    this.downloadTarget.hidden = !download
    if (!download) return
    this.downloadTarget.href = download
    this.streamValue = ''
    this.#leave()
  }
}
