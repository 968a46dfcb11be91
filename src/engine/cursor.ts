// Cursors as text: `epoch:position`. Only the engine reads them; to everyone else they are opaque.

/** `formatCursor('k3x9', 41)` → `k3x9:41` */
export function formatCursor(epoch: string, position: number): string {
  return `${epoch}:${position}`
}

/** The position in a cursor of this epoch. Undefined if the cursor is of another epoch, malformed or too large. */
export function positionIn(epoch: string, cursor: string): number | undefined {
  if (!cursor.startsWith(`${epoch}:`)) return undefined
  const digits = cursor.slice(epoch.length + 1)
  return /^(0|[1-9]\d{0,15})$/.test(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : undefined
}

/** The cursor of a page while the engine knows no position. No engine has this epoch: it is always a gap, so the page refreshes. */
export const unknownCursor = '-:0'

/** The longest text that is taken for a cursor, in characters. It is kept until the engine has answered. */
export const maxCursorLength = 256

/** What a client gave for a cursor, as it is kept: what is too long is none that an engine knows. */
export function keptCursor(cursor: string): string {
  return cursor.length > maxCursorLength ? unknownCursor : cursor
}
