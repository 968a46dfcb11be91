// A room: empties the field once a message is sent, and keeps the newest message in sight.
import { Controller } from '@hotwired/stimulus'

export class ChatController extends Controller {
  static targets = ['log', 'message', 'form']

  messageTargetConnected() {
    this.logTarget.scrollTop = this.logTarget.scrollHeight
  }

  sent({ detail: { success } }) {
    if (success) this.formTarget.reset()
  }
}
