// What the client calls of Turbo at the start, imported once: each import weighs something in the file that pages load.

export { navigator, renderStreamMessage, session } from '@hotwired/turbo'
