// Where a cable is mounted: what the host knows counts as it is written, what requests show counts in any case.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Mounts } from '../../../src/http/mounts.ts'

describe('Mounts', () => {
  it('is the root where nobody has said anything', () => {
    const mounts = new Mounts()
    assert.deepEqual([mounts.first, mounts.has(''), mounts.has('/app')], ['', true, false])
  })

  it('is what the host knows, letter by letter, and nothing that a request shows', () => {
    const known: string[] = []
    const mounts = new Mounts(() => known)
    known.push('/app', '')
    mounts.show('/other')
    assert.deepEqual([mounts.first, mounts.known], ['/app', ['/app', '']])
    assert.deepEqual(
      ['/app', '', '/APP', '/other'].map((mount) => mounts.has(mount)),
      [true, true, false, false],
    )
  })

  it('is what requests have shown, in whatever case the first of them came', () => {
    const mounts = new Mounts()
    mounts.show('/APP')
    mounts.show('/app')
    mounts.show('/rooms/7')
    assert.equal(mounts.first, '/APP')
    assert.deepEqual(
      ['/app', '/App', '/rooms/7', '', '/rooms/8'].map((mount) => mounts.has(mount)),
      [true, true, true, false, false],
    )
  })

  it('keeps a bounded number of those, the newest', () => {
    const mounts = new Mounts()
    for (let n = 0; n < 200; n++) mounts.show(`/rooms/${n}`)
    assert.deepEqual(
      [0, 99, 100, 199].map((n) => mounts.has(`/rooms/${n}`)),
      [false, false, true, true],
    )
  })
})
