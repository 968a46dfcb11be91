// Two apps that came from Action Cable, on its wires, with AnyCable's own client and JSON Web Tokens: a chat like Campfire, with
// rooms, who is there and who types; and a shop like Mozo, whose pages ask for one channel by their user's name.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { Channel, type Cable as Client, createCable } from '@anycable/core'
import { SignJWT } from 'jose'
import { WebSocket } from 'ws'
import type { PresenceChange } from '../../src/index.ts'
import { jwt } from '../../src/server/jwt.ts'
import { Queue } from '../support/queue.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'
import { withCable } from '../support/with-cable.ts'

const secret = 'a secret of more than thirty-two bytes'
const tokenOf = (claims: Record<string, unknown>) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))

class Room extends Channel<{ id: number }> {
  static override identifier = 'RoomChannel'
}
class Mozo extends Channel<{ id: string }> {
  static override identifier = 'MozoChannel'
}

/** A client, on one of the wires. It comes back when it is told to. */
function connect(url: string, protocol: string): Client {
  return createCable(url, {
    protocol: protocol as never,
    websocketImplementation: WebSocket,
    logLevel: 'error',
    monitor: false,
  })
}

/** Subscribes, and gives what arrives as a queue. */
async function subscribed(client: Client, channel: Room | Mozo): Promise<Queue<unknown>> {
  const messages = new Queue<unknown>()
  channel.on('message', (message) => messages.push(message))
  await client.subscribe(channel).ensureSubscribed()
  return messages
}

for (const protocol of ['actioncable-v1-json', 'actioncable-v1-ext-json']) {
  describe(protocol, () => {
    it('carries a chat: rooms for their members, who is there, who types, and what is said', async () => {
      const rooms = new Map([[7, new Set(['ada', 'bob'])]])
      const changes = new Queue<string>()
      await withCable(
        {
          authenticate: jwt({ secret }),
          channels: {
            RoomChannel: {
              subscribe: ({ params, identity }) =>
                rooms.get(params.id as number)?.has(identity.id) ? `room:${params.id}` : null,
              actions: {
                async speak({ text }, { identity, streams: [room = ''] }) {
                  await cable.broadcastJson(room, { by: identity.name, text })
                },
              },
            },
          },
          whispers: /^room:/,
          presence: { streams: /^room:/, grace: 300, info: ({ name }) => ({ name }) },
          onPresence: ({ stream, identity, joined, present }: PresenceChange) => {
            changes.push(`${joined ? '+' : '-'}${identity.id}`)
            return cable.broadcastJson(stream, { people: present.map(({ info }) => info.name) })
          },
        },
        async (context) => {
          cable = context.cable
          const network = await TcpProxy.to(context.port)
          // AnyCable's wire has a word for it; on the other, whoever is subscribed is there.
          const come = async (room: Room) => protocol.includes('-ext-') && room.presence.join('me', {})
          const at = async (port: number, id: string, name: string, more = '') =>
            connect(`ws://127.0.0.1:${port}/cable?token=${await tokenOf({ sub: id, name })}${more}`, protocol)
          const ada = await at(context.port, 'ada', 'Ada')
          const adas = new Room({ id: 7 })
          const toAda = await subscribed(ada, adas)
          await come(adas)
          assert.deepEqual(await toAda.next(), { people: ['Ada'] })

          const bob = await at(network.port, 'bob', 'Bob')
          const bobs = new Room({ id: 7 })
          const toBob = await subscribed(bob, bobs)
          await come(bobs)
          assert.deepEqual(await toAda.next(), { people: ['Ada', 'Bob'] })
          // AnyCable's client asks for what was sent since it was made, to the second.
          let people: unknown
          while (!isDeepStrictEqual(people, { people: ['Ada', 'Bob'] })) people = await toBob.next()

          await bobs.whisper({ typing: 'Bob' } as never)
          assert.deepEqual(await toAda.next(), { typing: 'Bob' })
          await bobs.perform('speak', { text: 'hello' })
          // The whisper was not for the one who whispered.
          for (const inbox of [toAda, toBob]) assert.deepEqual(await inbox.next(), { by: 'Bob', text: 'hello' })

          // A short drop is no leaving.
          const back = new Promise((resolve) => bobs.on('connect', resolve))
          const gone = new Promise((resolve) => bob.on('disconnect', resolve))
          await network.cut()
          await gone
          await bob.connect()
          await back
          await bobs.perform('speak', { text: 'still here' })
          assert.deepEqual(await toAda.next(), { by: 'Bob', text: 'still here' })

          const eve = await at(context.port, 'eve', 'Eve')
          await assert.rejects(subscribed(eve, new Room({ id: 7 })), /rejected/i)
          const nobody = connect(`ws://127.0.0.1:${context.port}/cable?token=guessed`, protocol)
          await assert.rejects(nobody.connect(), { reason: 'unauthorized' })

          bob.disconnect()
          assert.deepEqual(await toAda.next(), { people: ['Ada'] })
          assert.deepEqual(changes.items, ['+ada', '+bob', '-bob'])
          for (const client of [ada, eve, nobody]) client.disconnect()
          await network.close()
        },
      )
    })

    it("carries a shop's events to the channel of one user", () =>
      withCable(
        {
          authenticate: jwt({ secret, param: 'auth_token' }),
          channels: {
            MozoChannel: ({ params, identity }) => (params.id === `user_${identity.id}` ? `mozo:${params.id}` : null),
          },
        },
        async ({ cable, port }) => {
          const client = connect(`ws://127.0.0.1:${port}/cable?auth_token=${await tokenOf({ sub: '123' })}`, protocol)
          const inbox = await subscribed(client, new Mozo({ id: 'user_123' }))
          await assert.rejects(subscribed(client, new Mozo({ id: 'user_124' })), /rejected/i)
          await cable.broadcastJson('mozo:user_124', { event: 'order', data: { state: 'paid' } })
          await cable.broadcastJson('mozo:user_123', { event: 'order', data: { state: 'ready' } })
          assert.deepEqual(await inbox.next(), { event: 'order', data: { state: 'ready' } })
          cable.disconnect('123')
          await new Promise((resolve) => client.on('close', resolve))
          assert.equal(client.state, 'closed')
        },
      ))
  })
}

// The app's, for its channel's action.
let cable: Pick<import('../../src/index.ts').Cable, 'broadcastJson'>
