// What others see of an identity. An identity may hold anything, a password's hash too: so nothing of it leaves this process but its
// subject and what the app chooses.

import { logger, warn } from '../log'
import type { PresenceInfo } from '../options/presence'
import type { Here } from './presence-here'

const debug = logger('presence')

/** How long an id and its info may be together, characters of JSON: every process keeps them, and every page may be sent them. */
const mostLength = 4_096

let warned = false

/** What the app shows of an identity on a stream, as JSON text. `null` where it shows nothing, or fails to. */
export function shownOf({ id, identity, stream }: Here, info: PresenceInfo | undefined): string {
  try {
    const shown: unknown = info?.(identity, stream)
    if (shown instanceof Promise) {
      shown.catch(() => {})
      throw new Error('it must answer at once, and gave a promise')
    }
    const text = JSON.stringify(shown) ?? 'null'
    if (text.length + id.length <= mostLength) return text
    throw new Error(`it gave more than ${mostLength} characters of JSON`)
  } catch (error) {
    const say = warned ? debug : warn
    warned = true
    say(`presence.info failed, so nothing is shown beside an id: ${error instanceof Error ? error.message : error}`)
    return 'null'
  }
}
