// What any visitor can cause in the log: one line for each place, however often they do it.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { TurboCableOptions } from '../../../src/index.ts'
import type { UpgradeMiddleware } from '../../../src/options/identity.ts'
import { TestClient } from '../../support/client.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { warnings } from '../../support/warnings.ts'
import { type Context, withCable } from '../../support/with-cable.ts'

const times = 20

const fails = (): never => {
  throw new Error('broken')
}

type Attack = (context: Context) => Promise<void>

/** Asks to be let in, again and again. */
const knock =
  (headers: Record<string, string>): Attack =>
  async ({ port }) => {
    for (let n = 0; n < times; n++) await upgradeAnswer(port, headers)
  }

/** Says these in the wire of Action Cable, and waits until the server has heard all of them. */
const say =
  (message: (n: number) => object): Attack =>
  async ({ origin }) => {
    const client = new TestClient(`${origin.replace('http', 'ws')}/cable`, {}, ['actioncable-v1-json'])
    await client.opened()
    client.send({ command: 'subscribe', identifier: room })
    for (let n = 0; n < times; n++) client.send(message(n))
    client.send({ command: 'subscribe', identifier: '{"channel":"End"}' })
    while (!(await client.nextText()).includes('End')) {}
    await client.close()
  }

/** Subscribes to one stream after the other, and whispers to each. */
const subscribe: Attack = async ({ connect }) => {
  const client = await connect()
  for (let n = 0; n < times; n++) {
    await client.subscribe(`s${n}`, { cursor: null })
    client.send({ type: 'whisper', stream: `s${n}`, data: 1 })
  }
  await client.subscribe('end')
}

const room = JSON.stringify({ channel: 'Room' })
const end = () => null
const ada = () => ({ id: 'ada' })

const places: readonly [place: string, TurboCableOptions, Attack, line: RegExp][] = [
  ['authenticate', { authenticate: () => fails() }, knock({ Cookie: '%zz' }), /authenticate failed: broken$/],
  ['middleware', { middleware: [() => fails()] }, knock({}), /its middleware .* failed: broken$/],
  ['allowedOrigins', { allowedOrigins: () => fails() }, knock({ Origin: 'null' }), /allowedOrigins threw/],
  ['authorize', { authorize: () => fails() }, subscribe, /authorize failed for "s\d+", .*: broken$/],
  ['publicStreams', { publicStreams: () => fails() }, subscribe, /publicStreams threw/],
  ['whispers', { whispers: () => fails() }, subscribe, /whispers threw/],
  ['presence', { presence: () => fails(), authenticate: ada }, subscribe, /presence threw/],
  ['onPresence', { presence: true, onPresence: () => fails(), authenticate: ada }, subscribe, /onPresence failed/],
  [
    'a channel',
    { channels: { Room: () => fails(), End: end } },
    say((n) => ({ command: 'subscribe', identifier: JSON.stringify({ channel: 'Room', n }) })),
    /the channel "Room" failed/,
  ],
  [
    'an action',
    { channels: { Room: { subscribe: () => 's', actions: { speak: () => fails() } }, End: end } },
    say(() => ({ command: 'message', identifier: room, data: '{"action":"speak"}' })),
    /the action "speak" of "Room" failed/,
  ],
]

for (const [place, options, attack, line] of places)
  it(`${place}: what fails each time is one line`, (t) => {
    const warned = warnings(t)
    return withCable(options, async (context) => {
      await attack(context)
      const own = warned.filter((each) => line.test(each))
      assert.equal(own.length, 1, warned.join('\n'))
    })
  })

it('a middleware that fails does not hide that authenticate does', (t) => {
  const warned = warnings(t)
  const middleware: UpgradeMiddleware = ({ headers }, _response, next) =>
    next(headers.cookie ? new Error('bad cookie') : undefined)
  return withCable({ middleware: [middleware], authenticate: () => fails() }, async (context) => {
    await knock({ Cookie: '%zz' })(context)
    await knock({})(context)
    const reasons = warned.map((each) => each.split(': ').at(-1))
    assert.deepEqual(reasons, ['bad cookie', 'broken'])
  })
})

it('an origin and a host that are too long for a line are cut off, and the advice is there', (t) => {
  const warned = warnings(t)
  return withCable({}, async ({ port }) => {
    const { status } = await upgradeAnswer(port, { Origin: `http://${'x'.repeat(6_000)}`, Host: 'y'.repeat(6_000) })
    assert.equal(status, 403)
    assert.match(warned.join(), /list it in allowedOrigins/)
    assert.ok(warned.join().length < 500, `${warned.join().length} characters`)
  })
})
