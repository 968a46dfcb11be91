// `res.turboStream`: the front of a chain, made for one response and sent once.

import { check, type Rule } from '../options/check'
import type { DomRecord } from '../stream/dom-id'
import type { StreamActionOptions } from './pieces'
import { type Answer, ResponseChain } from './response-chain'
import type { BegunChain, RecordOptions, StreamActions, StreamChain } from './stream-chain'

/** Answers a request with `<turbo-stream>` elements. Each call gives the chain, to which more can be added in the same turn. */
export interface TurboStreamResponse<Sent> extends Omit<StreamActions<StreamChain<Sent>>, 'broadcastTo'> {
  /** An action of any name: `res.turboStream('highlight', { targets: '.row' })`. */
  (action: string, options?: StreamActionOptions): StreamChain<Sent>
  /** Elements that are written already: `res.turboStream([turboStream.remove('a'), turboStream.remove('b')])`. */
  (elements: readonly string[]): StreamChain<Sent>
  /** What the record's state asks for: `res.turboStream(message)`. */
  (record: DomRecord, options?: RecordOptions): StreamChain<Sent>
}

/** Makes the front for one response, and tells what its chain is, once there is one. */
export function createTurboStreamResponse<Sent>(
  answer: Answer<Sent>,
  begun: (chain: BegunChain) => void = () => {},
): TurboStreamResponse<Sent> {
  let chain: ResponseChain<Sent> | undefined
  const begin = () => {
    // Who has caught a refusal may answer in another way.
    if (!chain || chain.refused) {
      chain = new ResponseChain(answer)
      begun(chain)
    }
    return chain
  }
  const front = (first: string | readonly string[] | DomRecord, options?: StreamActionOptions & RecordOptions) => {
    check('turboStream(…)', first, someStart)
    if (typeof first === 'string') return begin().action(first, options)
    return Array.isArray(first) ? begin().elements(first) : begin().record(first as DomRecord, options)
  }
  for (const name of methods) {
    // Each is a method of the chain with the same parameters.
    const method = (...given: never[]) => (begin()[name] as (...given: never[]) => unknown)(...given)
    Object.defineProperty(front, name, { value: method })
  }
  return front as unknown as TurboStreamResponse<Sent>
}

const methods = [
  'action',
  'append',
  'prepend',
  'replace',
  'update',
  'before',
  'after',
  'remove',
  'appendAll',
  'prependAll',
  'replaceAll',
  'updateAll',
  'beforeAll',
  'afterAll',
  'removeAll',
  'refresh',
  'record',
  'elements',
  'view',
] as const satisfies (keyof StreamActions<unknown>)[]

const someStart: Rule = {
  words: 'an action, a record, or an array of elements',
  holds: (first) => typeof first === 'string' || (typeof first === 'object' && first !== null),
}
