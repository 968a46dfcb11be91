// What is said of one user several times within one moment: the last word counts in every process, however close they are.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { engines } from '../../support/engines.ts'
import { withCable } from '../../support/with-cable.ts'

const streams = Array.from({ length: 90 }, (_, n) => `s${n}`)

for (const kind of engines) {
  it(`${kind.name}: a stream that is revoked, restored and revoked at once is revoked, and one that is restored last is open`, async () => {
    const server = await kind.start()
    const options = () => ({ engine: kind.engine(server.port), authenticate: () => ({ id: 7 }) })
    try {
      await withCable(options(), (one) =>
        withCable(options(), async (other) => {
          while (!(await one.cable.broadcastJson('warm', 1))) await setTimeout(10)
          const pages = await Promise.all([one.connect(), other.connect()])
          for (const page of pages) await page.subscribe('end')
          for (const [n, stream] of streams.entries()) {
            one.cable.revoke(stream, '7')()
            if (n % 2 === 0) one.cable.revoke(stream, '7')
            // Some come together, some do not.
            if (n % 7 === 0) await one.cable.broadcastJson('other', n)
          }
          // The log brings it after all that was said.
          await one.cable.broadcastJson('end', 1)
          for (const page of pages) {
            await page.next()
            const answers = []
            for (const stream of streams) answers.push((await page.subscribe(stream)).type)
            assert.deepEqual(
              answers,
              streams.map((_, n) => (n % 2 === 0 ? 'rejected' : 'subscribed')),
            )
          }
        }),
      )
    } finally {
      await server.end()
    }
  })
}
