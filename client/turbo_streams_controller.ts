// The Stimulus controller: while one is in the page, the client looks after the markers of the page. Goes on <body> or <html>.

import { Controller } from '@hotwired/stimulus'
import { watchMarkers } from './index.js'

export class TurboStreamsController extends Controller<HTMLElement> {
  #end = () => {}

  override connect(): void {
    this.#end = watchMarkers()
  }

  override disconnect(): void {
    this.#end()
  }
}
