// How the client speaks to the page.

/** Dispatches a bubbling CustomEvent; false if it was canceled. */
export function emit(type: string, detail: object, target: EventTarget = document, cancelable = false): boolean {
  return target.dispatchEvent(new CustomEvent(type, { bubbles: true, cancelable, detail }))
}
