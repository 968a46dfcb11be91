// The Stimulus controller: tells the client which markers come and go. Goes on any element around them, <body> or <html>.

import { Controller } from '@hotwired/stimulus'
import { connectMarker, disconnectMarker } from './index.js'

export class TurboStreamsController extends Controller<HTMLElement> {
  static override targets = ['source']
  declare readonly sourceTargets: HTMLElement[]

  override connect(): void {
    this.element.addEventListener('turbo:morph-element', this)
  }

  override disconnect(): void {
    this.element.removeEventListener('turbo:morph-element', this)
  }

  sourceTargetConnected(element: HTMLElement): void {
    connectMarker(element)
  }

  sourceTargetDisconnected(element: HTMLElement): void {
    disconnectMarker(element)
  }

  // A morph rewrites a marker in place, and Stimulus sees neither come nor go.
  handleEvent({ target }: Event): void {
    const marker = target as HTMLElement
    if (marker.dataset?.streams && this.sourceTargets.includes(marker)) connectMarker(marker)
  }
}
