// The texts that grow in pages now, and the last of those that have ended: a page that comes in the middle is rendered with what
// there was at its cursor, and gets the rest like every other page. Read from the messages themselves, so that it does not matter
// which process sends them.

import type { Positioned } from '../engine/engine'
import { readText, textHtml, textMessageStart, writtenTarget } from '../turbo/text'

/** A text of more characters is not kept. */
const longest = 1_048_576
/** So many characters are kept of all texts; past it the oldest text goes. */
const most = 4 * longest
/** What a text and a piece cost beside their characters. */
const overhead = 100

interface Text {
  readonly run: string
  readonly key: string
  /** Counted over all messages of texts. */
  readonly started: number
  ended: number
  /** Undefined where it became too long. */
  pieces: { readonly at: number; readonly html: string }[] | undefined
  size: number
}

const beginning = JSON.stringify(textMessageStart).slice(0, -1)

export class Texts {
  // The latest of each stream and target; the longest there comes first.
  readonly #texts = new Map<string, Text>()
  readonly #runs = new Map<string, Text>()
  #size = 0
  #now = 0

  /** The moment: what is taken later is after it. */
  now(): number {
    return this.#now
  }

  /** The text of a stream in a target as it was at `moment`: HTML for the inside of the target, empty where none is known. */
  html(stream: string, target: string, moment: number): string {
    const text = this.#texts.get(keyOf(stream, writtenTarget(target)))
    if (!text || text.started > moment) return ''
    if (!text.pieces) return '<span data-text-stream-missing></span>'
    const html = text.pieces.filter(({ at }) => at <= moment).map((piece) => piece.html)
    return textHtml(text.run, html.join(''), text.ended > moment)
  }

  /** Takes every broadcast; nearly all of them are of no text. */
  take({ stream, json }: Positioned): void {
    if (!json.startsWith(beginning)) return
    const message = readText(JSON.parse(json))
    if (!message) return
    const at = ++this.#now
    const { run, kind, html } = message
    if (kind === 'start') this.#start(run, keyOf(stream, message.target ?? ''), at)
    const text = this.#runs.get(keyOf(stream, run))
    if (!text) return
    if (kind === 'end') text.ended = at
    else this.#add(text, at, html)
  }

  /** Something was missed, which may have been a piece of any text. */
  clear(): void {
    for (const text of this.#texts.values()) this.#drop(text)
  }

  #start(given: string, key: string, started: number): void {
    const before = this.#texts.get(key)
    if (before) this.#drop(before)
    // A part of a message would keep the whole of it.
    const run = Buffer.from(given).toString()
    const size = leastOf(key, run)
    const text: Text = { run, key, started, ended: Number.POSITIVE_INFINITY, pieces: [], size }
    this.#size += text.size
    this.#texts.set(key, text)
    this.#runs.set(keyOf(streamOf(key), run), text)
  }

  #add(text: Text, at: number, html: string): void {
    if (!text.pieces) return
    const size = html.length + overhead
    text.pieces.push({ at, html })
    text.size += size
    this.#size += size
    if (text.size > longest) {
      const left = leastOf(text.key, text.run)
      this.#size -= text.size - left
      text.size = left
      text.pieces = undefined
    }
    for (const oldest of this.#texts.values()) {
      if (this.#size <= most) return
      this.#drop(oldest)
    }
  }

  #drop(text: Text): void {
    this.#texts.delete(text.key)
    this.#runs.delete(keyOf(streamOf(text.key), text.run))
    this.#size -= text.size
  }
}

// What a text costs without its pieces.
function leastOf(key: string, run: string): number {
  return overhead + key.length + run.length
}

// No stream's name has a comma.
function keyOf(stream: string, what: string): string {
  return `${stream},${what}`
}

function streamOf(key: string): string {
  return key.slice(0, key.indexOf(','))
}
