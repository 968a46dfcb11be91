// Cursors as text: `epoch:position`. Only the engine reads them; to everyone else they are opaque.

/** `formatCursor('k3x9', 41)` → `k3x9:41` */
export function formatCursor(epoch: string, position: number): string {
  return `${epoch}:${position}`
}

/** The position in a cursor of this epoch; undefined for another epoch's, a malformed or an absurd one. */
export function positionIn(epoch: string, cursor: string): number | undefined {
  if (!cursor.startsWith(`${epoch}:`)) return undefined
  const digits = cursor.slice(epoch.length + 1)
  return /^(0|[1-9]\d{0,15})$/.test(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : undefined
}

/** Of an epoch that no engine has: what a page gets while the position is unknown. It is a gap, so that the page refreshes itself. */
export const unknownCursor = '-:0'
