// Who is typing: a whisper to the other pages of the room. It is kept nowhere, and what it says is a stranger's word: only somebody
// who is in the list of people is shown, by the name that the list has.
import { Controller } from '@hotwired/stimulus'
import { whisper } from 'turbo-cable/client'

export class TypingController extends Controller {
  static targets = ['note']
  static values = { stream: String, me: String }

  // Lifecycle

  disconnect() {
    clearTimeout(this.timer)
  }

  // Actions

  say() {
    if (performance.now() < this.next) return
    this.next = performance.now() + 2000
    whisper(this.streamValue, { typing: this.meValue })
  }

  hear({ detail: { stream, data } }) {
    const name = document.getElementById(`person_${data?.typing}`)?.textContent.trim()
    if (stream !== this.streamValue || data.typing === this.meValue || !name) return
    this.noteTarget.textContent = `${name} is typing…`
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.hush(), 4000)
  }

  /** Something was said, or nobody types any more. */
  hush() {
    this.next = 0
    this.noteTarget.textContent = ''
  }
}
