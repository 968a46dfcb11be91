// A broadcast from another host's address is refused, whatever name it asks for.

import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, it } from 'node:test'
import { isTrustedPeer } from '../../../src/http/trusted-peer.ts'
import { listen, shut } from '../../support/http-server.ts'
import { gist, type Posted, post } from '../../support/post.ts'
import { type Start, startExpress } from '../../support/with-cable.ts'
import { withSubscriber } from '../../support/with-subscriber.ts'

const token = 'correct-horse'
const bearer = { Authorization: `Bearer ${token}` }
const forbidden: Posted = { status: 403, body: 'Forbidden: Broadcasts only allowed from localhost' }
const taken: Posted = { status: 200, body: 'OK' }

describe("another host's address", () => {
  // All interfaces, so that the machine can be asked by the address that others know it by.
  const startOpen: Start = async (options) => {
    const { cable, server } = await startExpress(options)
    await shut(server)
    const port = await listen(server, { host: '' })
    return { cable, server, port, origin: `http://127.0.0.1:${port}` }
  }
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address)

  it('is refused without the token, even under a local name, and taken with it', () =>
    withSubscriber(
      async ({ port }) => {
        for (const address of addresses) {
          const Host = isIPv6(address) ? `[${address}]` : address
          for (const headers of [{ Host }, { Host: 'localhost' }, { Host: '127.0.0.1' }]) {
            assert.deepEqual(gist(await post(port, headers, { host: address })), forbidden, address)
          }
          assert.deepEqual(await post(port, bearer, { host: address }), taken, address)
        }
        assert.deepEqual(await post(port, bearer), taken)
        return addresses.length + 1
      },
      { broadcastToken: token },
      startOpen,
    ))

  // As the kernel reports peers, whether or not this machine has an address to try it with.
  for (const [peer, trusted] of [
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['128.0.0.1', false],
    ['1127.0.0.1', false],
    ['192.0.2.1', false],
    ['::ffff:192.0.2.1', false],
    ['::', false],
    ['::127.0.0.1', false],
    ['2001:db8::1', false],
    ['fe80::1%eth0', false],
    [undefined, false],
  ] as const) {
    it(`the peer ${peer ?? 'that nobody knows'} is ${trusted ? '' : 'not '}this machine`, () => {
      // What isTrustedPeer reads of a request.
      const seen = { socket: { remoteAddress: peer }, headers: { host: 'localhost' }, httpVersion: '1.1' }
      assert.equal(isTrustedPeer(seen as unknown as IncomingMessage), trusted)
    })
  }
})
