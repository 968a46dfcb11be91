// A rule of the app's about the names of streams: all or none, a list, those that match, or those it answers `true` for.

import type { Identity } from '../options/identity'
import type { PublicStreams } from '../options/options'
import { verdict } from '../verdict'

/** Whether a stream keeps the rule. `option` names it in the log, where a function of the app's throws: that is a no. */
export function holds(rule: PublicStreams, stream: string, option: string, identity: Identity): boolean {
  if (typeof rule === 'boolean') return rule
  // search(), because test() starts where the last match ended if the RegExp has the flag g.
  if (rule instanceof RegExp) return stream.search(rule) !== -1
  return typeof rule === 'function' ? verdict(option, rule, [stream, identity], false) : rule.includes(stream)
}
