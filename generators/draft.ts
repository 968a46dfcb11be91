// What an install intends to do, gathered while it is being thought out. Pure: nothing here touches a disk.

/** The app as it was read: its files by their path from the app's directory, with forward slashes. */
export type Files = ReadonlyMap<string, string>

/** One file to write. `before` is undefined for a file that does not exist yet. */
export interface Edit {
  path: string
  before: string | undefined
  after: string
  summary: string
}

/** A file that stays as it is, and why. */
export interface Note {
  path: string
  status: 'unchanged' | 'skipped'
  summary: string
}

/** Collects the changes of every part of an install; several changes to one file become one edit. */
export class Draft {
  readonly instructions: string[] = []
  readonly #files: Files
  readonly #texts = new Map<string, string>()
  readonly #summaries = new Map<string, string[]>()
  readonly #notes = new Map<string, Note>()

  constructor(files: Files) {
    this.#files = files
  }

  /** The text of a file with the changes so far, or undefined where there is no such file. */
  read(path: string): string | undefined {
    return this.#texts.get(path) ?? this.#files.get(path)
  }

  /** Gives a file a new text; an empty summary belongs to the change before or after it. */
  change(path: string, text: string, summary: string): void {
    this.#texts.set(path, text)
    this.#summaries.set(path, [...(this.#summaries.get(path) ?? []), ...(summary === '' ? [] : [summary])])
  }

  unchanged(path: string, summary: string): void {
    this.#notes.set(path, { path, status: 'unchanged', summary })
  }

  skip(path: string, summary: string): void {
    this.#notes.set(path, { path, status: 'skipped', summary })
  }

  /** Something that only the app's author can place: printed once, changed nowhere. */
  instruct(text: string): void {
    if (!this.instructions.includes(text)) this.instructions.push(text)
  }

  edits(): Edit[] {
    return [...this.#texts].map(([path, after]) => ({
      path,
      before: this.#files.get(path),
      after,
      summary: (this.#summaries.get(path) ?? []).join(', '),
    }))
  }

  /** Files that are mentioned but not edited; a file with an edit is told by its edit alone. */
  notes(): Note[] {
    return [...this.#notes.values()].filter(({ path }) => !this.#texts.has(path))
  }
}
