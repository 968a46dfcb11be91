// What this client needs of Turbo's stream elements: which elements one acts on, and what it does to the document.

import { type Part, pagePart, partAt, partOf } from './parts.js'

export type StreamElement = HTMLElement & {
  action: string
  /** The names of what it acts on; without both it acts on the page as a whole. */
  target: string | null
  targets: string | null
  targetElements: Element[]
  templateContent: DocumentFragment
}
export type Render = (stream: StreamElement) => unknown
/** Turbo's event before a stream element acts; `detail.render` may be replaced. */
export type BeforeRender = CustomEvent<{ render: Render }> & { target: StreamElement }

/** What a stream has changed as a whole, once it has added so much. */
export function touched(stream: StreamElement, added: readonly Element[]): Element[] {
  return [...added, ...(/replace|update/.test(stream.action) ? stream.targetElements : [])].filter(
    ({ isConnected }) => isConnected,
  )
}

/** Has a stream something to do in the parts that are `lacking` it: in a target, or, without targets, in the page as a whole? */
export function concerns(stream: StreamElement, lacking: ReadonlySet<Part>): boolean {
  return stream.target || stream.targets ? targetsIn(lacking, stream).length > 0 : lacking.has(pagePart())
}

/** Makes a stream act only in parts that are `lacking` it, and says afterwards what it did. To be called before Turbo's listeners. */
export function restrict(
  { target, detail }: BeforeRender,
  lacking: ReadonlySet<Part>,
  done: (added: Element[]) => void,
): void {
  const { render } = detail
  let targets: Element[] | undefined
  // The targets are those at the moment of acting: what an action takes away first must still count when it puts it back.
  Object.defineProperty(target, 'targetElements', { get: () => (targets ??= targetsIn(lacking, target)) })
  detail.render = (stream) => {
    targets = undefined
    return observing(() => render(stream), done)
  }
}

/** Runs `act` and calls `done` with what it added to the document before it returned. */
export function observing<Result>(act: () => Result, done: (added: Element[]) => void): Result {
  const observer = new MutationObserver(() => {})
  observer.observe(document, { childList: true, subtree: true })
  try {
    return act()
  } finally {
    const nodes = observer.takeRecords().flatMap(({ addedNodes }) => [...addedNodes])
    observer.disconnect()
    done(nodes.filter((node) => node instanceof Element && node.isConnected) as Element[])
  }
}

function targetsIn(lacking: ReadonlySet<Part>, stream: StreamElement): Element[] {
  const targets: Element[] = Reflect.get(Object.getPrototypeOf(stream), 'targetElements', stream)
  const lacks = (element: Element | null) => lacking.has(partAt(element) as Part)
  // A response has put an older element in the place of one that this message brings.
  const returns = [...stream.templateContent.children].some(({ id }) => id && lacks(document.getElementById(id)))
  return targets.filter(
    (target) =>
      returns ||
      // Beside an element is not within it.
      lacking.has(partOf(/before|after/.test(stream.action) ? target.parentNode : target)) ||
      // What replaces a whole that holds an older part must replace it again.
      (/replace|update/.test(stream.action) && [...target.querySelectorAll('*')].some(lacks)),
  )
}
