// A progress bar that follows the JSON of one stream. The page's marker subscribes; the end arrives as HTML.
import { Controller } from '@hotwired/stimulus'

export class ProgressController extends Controller {
  static targets = ['bar', 'message', 'button']
  static values = { stream: String }

  receive({ detail: { stream, data } }) {
    if (stream !== this.streamValue) return
    this.element.dataset.status = data.status
    this.barTarget.value = data.progress
    this.messageTarget.textContent = data.message
    this.buttonTarget.ariaDisabled = data.status === 'processing' ? 'true' : null
  }
}
