// Who is sent the same bytes, and that they are made once for all of them.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Audience } from '../../../src/hub/audience.ts'
import { turboCableProtocol } from '../../../src/protocol/turbo-cable.ts'
import { connectionOf } from '../../support/hub-doubles.ts'

const joining = { hold() {}, forget() {}, abandon() {} }

function audience(resumes = false) {
  const { transport, connection } = connectionOf()
  const to = { address: 's', stream: 's', resumes }
  return { connection, audience: new Audience('key', turboCableProtocol, transport.framing, to) }
}

describe('Audience', () => {
  it('is empty without members and without anybody who is joining', () => {
    const { audience: one, connection } = audience()
    assert.equal(one.empty, true)
    one.joining = new Map([[connection, joining]])
    assert.equal(one.empty, false)
    one.joining.clear()
    one.members.add(connection)
    assert.equal(one.empty, false)
  })

  it('frames each message as its protocol writes it to this destination', () => {
    const message = { stream: 's', json: '{"a":1}', position: 1, cursor: 'e:1' }
    const text = (resumes: boolean) => audience(resumes).audience.frame(message).toString()
    assert.equal(text(false), '{"type":"message","stream":"s","data":{"a":1}}\n')
    assert.equal(text(true), '{"type":"message","stream":"s","data":{"a":1},"cursor":"e:1"}\n')
  })

  it('counts those who are joining among its connections', () => {
    const { audience: one, connection } = audience()
    const { connection: other } = connectionOf()
    one.members.add(connection)
    one.joining = new Map([[other, joining]])
    assert.deepEqual([...one.connections()], [connection, other])
  })
})
