// Who is there, over real sockets: the list is rendered by the server and comes to every page, with no code in the page.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Cable, PresenceChange, TurboCableOptions } from '../../../src/index.ts'
import { Signer } from '../../../src/stream/signer.ts'
import type { TestClient } from '../../support/client.ts'
import { TestEventSource } from '../../support/event-source.ts'
import { type Context, withCable } from '../../support/with-cable.ts'

const secret = 'a secret of more than sixteen bytes'

interface Room extends Context {
  /** A page of somebody's that is subscribed, and has read its answer. */
  page(user: string, stream?: string): Promise<TestClient>
  /** `+ada`, `-ada`. */
  readonly told: string[]
}

/** A cable whose pages are sent the list of people, after some time of the app's. */
function withRoom(options: TurboCableOptions, run: (room: Room) => Promise<void>): Promise<void> {
  const told: string[] = []
  let cable: Cable | undefined
  const onPresence = async ({ stream, identity, joined, present }: PresenceChange) => {
    told.push(`${joined ? '+' : '-'}${identity.id}`)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
    await cable?.broadcastUpdateTo(stream, { target: 'people', text: present.map(({ id }) => id).join() })
  }
  const authenticate: TurboCableOptions['authenticate'] = ({ headers }) => ({ id: headers['x-user'] ?? null })
  return withCable({ authenticate, presence: { streams: true, grace: 200 }, onPresence, ...options }, (context) => {
    cable = context.cable
    return run({
      ...context,
      told,
      async page(user, stream = 'room') {
        const client = await context.connect('/cable', { 'x-user': user })
        client.send({ type: 'subscribe', stream, cursor: null })
        assert.equal((await client.next()).type, 'subscribed')
        return client
      },
    })
  })
}

/** Reads on to this list of people. */
async function shows(page: TestClient, people: string): Promise<void> {
  for (;;) if (String((await page.next()).data).includes(`<template>${people}</template>`)) return
}

describe('presence over sockets', () => {
  it('brings the list of people to every page: tabs are one, a reload is none, who leaves is gone after the grace', () =>
    withRoom({}, async ({ cable, page, told }) => {
      const ada = await page('ada')
      await shows(ada, 'ada')
      const ben = [await page('ben'), await page('ben')]
      await shows(ada, 'ada,ben')
      // A reload: the page goes, and another one comes.
      ben[0]?.ws.terminate()
      await ben[1]?.close()
      const again = await page('ben')
      const cleo = await page('cleo')
      await shows(ada, 'ada,ben,cleo')
      const gone = performance.now()
      cleo.ws.terminate()
      await shows(again, 'ada,ben')
      assert.ok(performance.now() - gone >= 190, 'not before the grace is over')
      assert.deepEqual(told, ['+ada', '+ben', '+cleo', '-cleo'])
      assert.deepEqual(await cable.presence('room'), [
        { id: 'ada', info: null },
        { id: 'ben', info: null },
      ])
    }))

  it('sends the newest list last, when many come at once', () =>
    withRoom({}, async ({ page, told, cable }) => {
      const ada = await page('ada')
      await shows(ada, 'ada')
      const names = Array.from({ length: 60 }, (_, n) => `user-${n}`)
      await Promise.all(names.map((name) => page(name)))
      const list = (await cable.presence('room')).map(({ id }) => id).join()
      for (let seen = ''; told.length < 61 || seen !== list; ) {
        seen = /<template>(.*)<\/template>/.exec(String((await ada.next()).data))?.[1] ?? seen
      }
      assert.deepEqual(told.toSorted(), ['+ada', ...names.map((name) => `+${name}`)].toSorted())
    }))

  it('lets who is disconnected or revoked leave at once, and whose right has expired after the grace', () =>
    withRoom({ secret, presence: { streams: true, grace: 60_000 } }, async ({ page, cable, told }) => {
      const token = (more?: { expires: number }) => new Signer([secret]).sign('room', more)
      const ada = await page('ada', token())
      await shows(ada, 'ada')
      await page('ben', token())
      await page('cleo', token())
      await shows(ada, 'ada,ben,cleo')
      cable.disconnect('ben')
      await shows(ada, 'ada,cleo')
      cable.revoke('room', ({ id }) => id === 'cleo')
      await shows(ada, 'ada')
      const dan = await page('dan', token({ expires: Date.now() + 1_000 }))
      await shows(ada, 'ada,dan')
      await shows(dan, 'ada,dan')
      assert.equal((await dan.next()).reason, 'expired')
      assert.deepEqual((await cable.presence('room')).length, 2, 'its page fetches itself, with a new right')
      assert.deepEqual(told, ['+ada', '+ben', '+cleo', '-ben', '-cleo', '+dan'])
    }))

  it('counts an event stream, and nobody who is refused, has no id, or only asks for another stream', () =>
    withRoom({ presence: ['room'], authorize: ({ identity }) => identity.id !== 'eve' }, async (room) => {
      const ada = await room.page('ada')
      await shows(ada, 'ada')
      const source = new TestEventSource(`${room.origin}/cable/events?stream=room`, { 'x-user': 'ben' })
      await shows(ada, 'ada,ben')
      const eve = await room.connect('/cable', { 'x-user': 'eve' })
      assert.equal((await eve.subscribe('room')).type, 'rejected')
      await room.connect().then((nobody) => nobody.subscribe('room'))
      await room.page('cleo', 'other')
      await assert.rejects(room.cable.presence('other'), { code: 'TURBO_CABLE_BAD_OPTION' })
      assert.throws(() => room.cable.presence(''), { code: 'TURBO_CABLE_BAD_STREAM' })
      source.close()
      await shows(ada, 'ada')
      assert.deepEqual(room.told, ['+ada', '+ben', '-ben'])
    }))
})
