// Where a cable is mounted: as its host knows it, else as requests have shown it, as in a Router of Express.

/** How many are kept of those that requests have shown: a Router may be mounted at `/rooms/:id`. */
const most = 100

/** The paths at which a cable is mounted, '' for the root. */
export class Mounts {
  readonly #known: () => readonly string[]
  /** As first seen, by the lower case: Express takes `/APP` for `/app`, and whoever asks first may write it as they like. */
  readonly #shown = new Map<string, string>()
  #hostKnows = false

  /** `known` gives those that the host knows, as the app wrote them. */
  constructor(known: () => readonly string[] = () => []) {
    this.#known = known
  }

  /** Those that the host knows now; none where requests have to show them. */
  get known(): readonly string[] {
    return this.#known()
  }

  /** The one that stands for the cable where no request says which. */
  get first(): string {
    return this.known[0] ?? this.#shown.values().next().value ?? ''
  }

  /** Notes the mount of a request, where the host knows none. */
  show(mount: string): void {
    // Asked for each request, and a host that knows does not forget.
    this.#hostKnows ||= this.known.length > 0
    if (this.#hostKnows) return
    const key = mount.toLowerCase()
    if (this.#shown.has(key)) return
    this.#shown.set(key, mount)
    for (const [oldest] of this.#shown) {
      if (this.#shown.size <= most) return
      this.#shown.delete(oldest)
    }
  }

  /** Whether the cable is mounted there. */
  has(mount: string): boolean {
    if (this.known.length > 0) return this.known.includes(mount)
    return this.#shown.size > 0 ? this.#shown.has(mount.toLowerCase()) : mount === ''
  }
}
