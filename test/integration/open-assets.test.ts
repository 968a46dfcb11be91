// The files of the browser, asked for in one breath by somebody who does not read: none stays open once the connection is gone.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { withCable } from '../support/with-cable.ts'

function openScripts(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith('turbo.es2017-esm.js')
    } catch {
      return false
    }
  }).length
}

it('what waits behind an answer that nobody reads opens no file', { timeout: 30_000 }, () =>
  withCable({}, async ({ port, server }) => {
    const met = once(server, 'connection') as Promise<[Socket]>
    const client = connect(port, '127.0.0.1')
    client.pause()
    const [socket] = await met
    const asked = new Promise<void>((resolve) => {
      let count = 0
      server.on('request', () => ++count === 20 && resolve())
    })
    client.write('GET /cable/turbo.js HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20))
    await asked
    const closed = new Promise((resolve) => socket.once('close', resolve))
    client.resetAndDestroy()
    await closed
    while (openScripts() > 0) await setTimeout(10)
    const answer = await fetch(`http://127.0.0.1:${port}/cable/turbo.js`)
    assert.ok((await answer.text()).length > 10_000)
  }),
)
