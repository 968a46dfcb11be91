// The table "Which file is whose" of docs/architecture.md as rules: which room a file is in, and what it may import.

interface Room {
  paths: string[]
  mayImport: (other: Room) => boolean
}

export class Rooms {
  readonly #rooms: Room[]

  /** Reads the table; throws where a cell says something that this reader does not know. */
  constructor(document: string) {
    const rows = [...document.matchAll(/^\|([^|]+)\|[^|]+\|([^|]+)\|$/gm)]
      .map(([, paths = '', rule = '']) => ({ paths: quoted(paths), rule: rule.trim() }))
      .filter(({ paths }) => paths.length > 0)
    this.#rooms = rows.map(({ paths }) => ({ paths, mayImport: () => false }))
    rows.forEach(({ rule }, index) => {
      const room = this.#rooms[index]
      if (room) room.mayImport = this.#ruleOf(rule, index)
    })
  }

  /** The paths in the first cell of the row that `file` falls under: the longest that fits. */
  nameOf(file: string): string | undefined {
    return this.#roomOf(file)?.paths.join(', ')
  }

  allows(from: string, to: string): boolean {
    const room = this.#roomOf(from)
    const other = this.#roomOf(to)
    if (!room || !other) return false
    return room === other || room.mayImport(other)
  }

  #roomOf(file: string): Room | undefined {
    let best: { room: Room; length: number } | undefined
    for (const room of this.#rooms) {
      for (const path of room.paths) {
        const fits = path.endsWith('/') ? file.startsWith(path) : file === path
        if (fits && path.length > (best?.length ?? 0)) best = { room, length: path.length }
      }
    }
    return best?.room
  }

  #ruleOf(rule: string, index: number): Room['mayImport'] {
    const above = this.#rooms.slice(0, index)
    const upTo = /^all above `([^`]+)`$/.exec(rule)?.[1]
    if (upTo) return (other) => this.#rooms.slice(0, this.#indexOf(upTo)).includes(other)
    if (rule === 'all above') return (other) => above.includes(other)
    if (rule === 'nothing') return () => false
    if (rule.startsWith('nothing of `'))
      return (other) => !other.paths.some((path) => path.startsWith(quoted(rule)[0] ?? ''))
    if (rule.startsWith('anything')) return () => true
    if (rule.startsWith('the package')) return () => false
    const named = rule.split(',').map((name) => this.#rooms[this.#indexOf(name.trim().replaceAll('`', ''))])
    return (other) => named.includes(other)
  }

  #indexOf(name: string): number {
    const index = this.#rooms.findIndex(({ paths }) =>
      paths.some(
        (path) =>
          path === name || path.endsWith(`/${name}`) || path.endsWith(`/${name}/`) || path.endsWith(`/${name}.ts`),
      ),
    )
    if (index < 0) throw new Error(`docs/architecture.md: no room is called "${name}"`)
    return index
  }
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
}
