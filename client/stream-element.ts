// What this client needs of Turbo's stream elements: which elements one acts on, and what it does to the document.

import { type Part, pagePart, partAt, partOf, removed } from './parts.js'

export type StreamElement = HTMLElement & { targetElements: Element[]; templateContent: DocumentFragment }
export type Render = (stream: StreamElement) => unknown
/** Turbo's event before a stream element acts; `detail.render` may be replaced. */
export type BeforeRender = CustomEvent<{ render: Render }> & { target: StreamElement }

/** What an action has put into the document and taken out of it. */
export interface Changes {
  added: Element[]
  removed: Element[]
}

/** Does the stream name the elements that it acts on? */
export function targeted(stream: Element): boolean {
  return stream.hasAttribute('target') || stream.hasAttribute('targets')
}

/** Has a stream something to do in the parts that are `lacking` it: in a target, or, without targets, in the page as a whole? */
export function concerns(stream: StreamElement, lacking: ReadonlySet<Part>): boolean {
  return targeted(stream) ? targetsIn(lacking, stream).length > 0 : lacking.has(pagePart())
}

/** Makes a stream act only in parts that are `lacking` it, and says afterwards what it did. To be called before Turbo's listeners. */
export function restrict(
  { target, detail }: BeforeRender,
  lacking: ReadonlySet<Part>,
  done: (changes: Changes) => void,
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

/** Runs `act` and calls `done` with what it changed before it returned. */
export function observing<Result>(act: () => Result, done: (changes: Changes) => void): Result {
  const observer = new MutationObserver(() => {})
  observer.observe(document.documentElement, { childList: true, subtree: true })
  try {
    return act()
  } finally {
    const records = observer.takeRecords()
    observer.disconnect()
    const elements = (nodes: Node[], there: boolean) =>
      nodes.filter((node) => node instanceof Element && node.isConnected === there) as Element[]
    done({
      added: elements(
        records.flatMap(({ addedNodes }) => [...addedNodes]),
        true,
      ),
      removed: elements(
        records.flatMap(({ removedNodes }) => [...removedNodes]),
        false,
      ),
    })
  }
}

function targetsIn(lacking: ReadonlySet<Part>, stream: StreamElement): Element[] {
  const targets: Element[] = Reflect.get(Object.getPrototypeOf(stream), 'targetElements', stream)
  const action = stream.getAttribute('action') ?? ''
  const lacks = (element: Element | null) => lacking.has(partAt(element) as Part)
  // A response has put an older element in the place of one that this message brings, or has taken that one away.
  const returns = [...stream.templateContent.children].some(
    ({ id }) => id && (lacks(document.getElementById(id)) || lacking.has(removed.get(id) as Part)),
  )
  return targets.filter(
    (target) =>
      returns ||
      // Beside an element is not within it.
      lacking.has(partOf(/before|after/.test(action) ? target.parentNode : target)) ||
      // What replaces a whole that holds an older part must replace it again.
      (/replace|update/.test(action) && [...target.querySelectorAll('*')].some(lacks)),
  )
}
