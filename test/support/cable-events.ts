// Listens to what a cable tells through node:diagnostics_channel, for one test.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { TestContext } from 'node:test'
import type { CableEvents } from '../../src/diagnostics.ts'

/** The events of a channel since now, of one cable or of all. */
export function cableEvents<Name extends keyof CableEvents>(
  t: Pick<TestContext, 'after'>,
  name: Name,
  cable?: string,
): CableEvents[Name][] {
  const events: CableEvents[Name][] = []
  const note = (event: unknown) => {
    const each = event as CableEvents[Name]
    if (cable === undefined || each.cable === cable) events.push(each)
  }
  subscribe(name, note)
  t.after(() => unsubscribe(name, note))
  return events
}
