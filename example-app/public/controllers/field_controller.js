// A field in which somebody types keeps its text when the row around it changes, and says what was saved meanwhile.
import { Controller } from '@hotwired/stimulus'

export class FieldController extends Controller {
  static targets = ['input', 'note']

  /** Turbo is about to morph a part of this form. */
  keep(event) {
    const { target, detail } = event
    const input = this.inputTarget
    if (target === this.noteTarget && this.kept) event.preventDefault()
    if (target !== input) return
    const saved = detail.newElement.value
    this.kept = input.value !== input.defaultValue && input.value !== saved
    if (!this.kept) return
    event.preventDefault()
    if (saved !== input.defaultValue) this.noteTarget.textContent = `Saved meanwhile: ${saved}`
    input.defaultValue = saved
  }
}
