// What the inspector keeps of an event: types only, and how much of a broadcast.

/** What kinds of entries there are. */
export const kinds = ['broadcast', 'gap', 'refusal', 'replay', 'fault'] as const

/** A line of the inspector's record. */
export interface Entry {
  /** Counts the entries of this process. */
  readonly id: number
  /** When it was noted, ms since 1970. */
  readonly at: number
  readonly kind: (typeof kinds)[number]
  /** The stream that it is about, where there is one. */
  readonly stream?: string | undefined
  /** What happened, in a line. */
  readonly title: string
  /** Why, and what that means. */
  readonly why?: string | undefined
  /** Of a broadcast alone. */
  readonly sent?: Sent
}

/** What a broadcast was, and what became of it. */
export interface Sent {
  /** Its data: HTML, or JSON text. Of a long one the beginning. */
  readonly data: string
  readonly isHtml: boolean
  /** Whether `data` is the beginning alone. */
  readonly cut: boolean
  /** Of the JSON text, bytes. */
  readonly size: number
  readonly recipients: number
  readonly position: number
  readonly cursor: string
  /** From `publish()` until it was written, ms. */
  readonly ms: number
}

/** How much of a broadcast is kept, in characters of its JSON. */
export const mostKept = 32_768

/** Reads the JSON of a broadcast: `dataOf('"<p>hi</p>"') // → { data: '<p>hi</p>', isHtml: true, cut: false }`. */
export function dataOf(json: string): Pick<Sent, 'data' | 'isHtml' | 'cut'> {
  const isHtml = json.startsWith('"')
  const cut = json.length > mostKept
  // A copy: a slice would keep the whole text in memory.
  const kept = cut ? Buffer.from(json.slice(0, mostKept)).toString() : json
  return { data: isHtml ? unquoted(kept, cut) : pretty(kept, cut), isHtml, cut }
}

// What was cut may end within an escape, which is six characters at most.
function unquoted(json: string, cut: boolean): string {
  if (!cut) return JSON.parse(json)
  for (let back = 0; back < 6; back++) {
    try {
      return JSON.parse(`${json.slice(0, json.length - back)}"`)
    } catch {}
  }
  return json
}

function pretty(json: string, cut: boolean): string {
  return cut ? json : JSON.stringify(JSON.parse(json), null, 2)
}
