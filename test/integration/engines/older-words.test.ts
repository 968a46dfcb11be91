// Two processes say otherwise of one user while the engine is away and begins another history: what was said later counts in all of
// them, whoever comes back first.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type EngineKind, engines } from '../../support/engines.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { warnings } from '../../support/warnings.ts'
import { type Context, withCable } from '../../support/with-cable.ts'

const hour = { expiresIn: 3_600_000 }

/** Two hubs, of which the first says `before` in the first history and the other `since` while there is none, and how the first ends. */
interface Story {
  before(first: Context['cable']): () => void
  since(second: Context['cable']): void
  readonly answer: 'subscribed' | 'rejected'
}

const stories: Record<string, Story> = {
  'a revoke counts against an older restore of another process': {
    before: (first) => first.revoke('s', '7', hour),
    since: (second) => void second.revoke('s', '7', hour),
    answer: 'rejected',
  },
  'a restore counts against an older revoke of another process': {
    before(first) {
      first.revoke('s', '7', hour)
      return () => {}
    },
    since: (second) => second.revoke('s', '7', hour)(),
    answer: 'subscribed',
  },
}

for (const kind of engines) {
  describe(`where ${kind.name} begins another history`, () => {
    for (const [what, story] of Object.entries(stories))
      for (const first of [true, false])
        it(`${what}, which comes ${first ? 'before' : 'after'} it`, (t) => tell(kind, t, story, first))
  })
}

async function tell(kind: EngineKind, t: TestContext, { before, since, answer }: Story, first: boolean): Promise<void> {
  const lines = warnings(t)
  const server = await kind.start()
  const ways = [await TcpProxy.to(server.port), await TcpProxy.to(server.port)] as const
  const options = (way: TcpProxy) => ({ engine: kind.engine(way.port), authenticate: () => ({ id: 7 }) })
  const answers = ({ connect }: Context) => connect().then(async (page) => (await page.subscribe('s')).type)
  const answered = async (one: Context, wanted: string) => {
    while ((await answers(one)) !== wanted) await setTimeout(20)
  }
  try {
    await withCable(options(ways[0]), (one) =>
      withCable(options(ways[1]), async (other) => {
        while (!(await one.cable.broadcastJson('warm', 1))) await setTimeout(10)
        const undo = before(one.cable)
        await answered(other, 'rejected')
        undo()
        await answered(other, answer === 'rejected' ? 'subscribed' : 'rejected')
        // Two within 100 ms are of one moment: then it counts who is heard last.
        await setTimeout(150)
        for (const way of ways) way.refuse(true)
        await server.kill()
        while (lines.filter((line) => line.includes('is away')).length < 2) await setTimeout(10)
        since(other.cable)
        await answered(other, answer)
        await server.start()
        for (const way of first ? ways : ways.toReversed()) {
          const before = backs(lines)
          way.refuse(false)
          while (backs(lines) === before) await setTimeout(10)
          // What is said again is said, and heard.
          await setTimeout(500)
        }
        await setTimeout(1_500)
        for (const each of [one, other]) assert.equal(await answers(each), answer)
        await withCable({ ...options(ways[0]) }, async (later) => {
          while (!(await later.cable.broadcastJson('warm', 1))) await setTimeout(10)
          assert.equal(await answers(later), answer, 'in a process that starts then')
        })
      }),
    )
  } finally {
    for (const way of ways) await way.close()
    await server.end()
  }
}

function backs(lines: readonly string[]): number {
  return lines.filter((line) => line.includes('is back')).length
}
