// Events as lines for people: what happened, and what that means for whom it happened to.

import type { BroadcastEvent, CableEvents, ClientEvent, DroppedEvent, RejectedEvent } from '../diagnostics'
import type { Entry } from './entry'

/** What an entry says of an event. */
export interface Line extends Pick<Entry, 'kind' | 'stream' | 'title' | 'why'> {
  readonly broadcast?: BroadcastEvent
}

type Lines = { readonly [Name in keyof CableEvents]?: (event: CableEvents[Name]) => Line | undefined }

const rejections: Readonly<Record<RejectedEvent['reason'], string>> = {
  unauthorized:
    'no right to it: a plain name where names are signed, a token of another secret or of another user, or `authorize` or `revoke` said no',
  expired: 'its token has expired; the page refreshes itself for a new one',
  limit: 'it has as many streams as `limits.streamsPerConnection` allows, or asked for a name that is too long',
  invalid: 'that is no name of a stream, and no channel of the app',
}

const drops: Readonly<Record<DroppedEvent['reason'], string>> = {
  slow_consumer: 'it does not read: more than `limits.pendingBytes` waited for it',
  silent: 'nothing was heard of it for `heartbeat.timeout`',
  limit: 'it sent more than `limits.messagesPerSecond`',
}

const engines = {
  up: 'the engine is there',
  away: 'the engine cannot be reached: nothing can be sent',
  lost: 'the log of the engine has a hole: every client comes back with its cursor',
} as const

const lines: Lines = {
  // What it does is looked for where it is shown, as most of a flood are not.
  'turbo-cable:broadcast': (event) => ({ kind: 'broadcast', stream: event.stream, title: '', broadcast: event }),
  'turbo-cable:replayed': ({ stream, cursor, recovered, messages, ...client }) => {
    if (!recovered) {
      const why = `what came after ${cursor === null ? 'its page was read' : cursor} is not kept any more: the page refreshes itself`
      return { kind: 'gap', stream, title: `gap: ${who(client)} has missed messages`, why }
    }
    return messages > 0
      ? { kind: 'replay', stream, title: `${who(client)} caught up with ${counted(messages, 'message')}` }
      : undefined
  },
  'turbo-cable:rejected': ({ asked, reason, ...client }) => ({
    kind: 'refusal',
    title: `${reason}: ${who(client)} asked for ${asked}`,
    why: rejections[reason],
  }),
  'turbo-cable:refused': ({ door, status, reason, path, origin, address }) => ({
    kind: 'refusal',
    title: `${status} ${reason}`,
    why: `${doors[door]} at ${path}, from ${address ?? 'an unknown address'}${origin === undefined ? '' : `, by a page of ${origin}`}`,
  }),
  'turbo-cable:dropped': ({ reason, pending, ...client }) => ({
    kind: 'fault',
    title: `${who(client)} was sent away: ${reason}`,
    why: `${drops[reason]} (${pending} bytes were pending)`,
  }),
  'turbo-cable:engine': ({ state, reason }) => ({
    kind: 'fault',
    title: engines[state],
    ...(reason !== undefined && { why: reason }),
  }),
}

const doors = { websocket: 'a WebSocket', 'event-stream': 'an event stream', broadcast: 'a broadcast by POST' } as const

/** The line of an event; undefined for one that is not worth a line. */
export function lineOf<Name extends keyof CableEvents>(name: Name, event: CableEvents[Name]): Line | undefined {
  return lines[name]?.(event)
}

/** `counted(2, 'page') // → '2 pages'` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

// How far a broadcast is looked at for what it does.
const looked = 2_048

/** What a broadcast does, from its JSON, of several elements all: `'append messages, remove hint'`, `'HTML'`, `'JSON'`. */
export function actionsIn(json: string): string {
  if (!json.startsWith('"')) return 'JSON'
  const tags = json.slice(0, looked).matchAll(/<turbo-stream\b([^>]{0,500})>/g)
  const actions = [...tags].map(([, attributes = '']) => {
    const [, name] = /\baction=\\"([^"\\]*)/.exec(attributes) ?? []
    const [, target] = /\btargets?=\\"([^"\\]*)/.exec(attributes) ?? []
    return [name, target].filter(Boolean).join(' ')
  })
  return actions.join(', ').replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] as string) || 'HTML'
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

function who({ connection, subject }: ClientEvent): string {
  return subject === undefined ? `connection ${connection}` : `connection ${connection} (${subject})`
}
