// docs/presence.md: its server runs as it is written. Who comes is shown in the pages of the others, and who leaves is gone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClient } from '../support/client.ts'
import { DocsExample } from '../support/docs.ts'

test('the room of docs/presence.md shows who is here', async () => {
  const example = new DocsExample('docs/presence.md', ['express', 'ejs'])
  const clients: TestClient[] = []
  try {
    const program = example.start('server.mjs', { PORT: '0' })
    const port = Number((await program.matching(/^listening on (\d+)$/))[1])
    const list = async (user: number) => {
      const page = await fetch(`http://127.0.0.1:${port}/rooms/7`, { headers: { Cookie: `user=${user}` } })
      return /<ul id="people">(.*?)<\/ul>/s.exec(await page.text())?.[1]?.trim()
    }
    const open = async (user: number) => {
      const client = new TestClient(`ws://127.0.0.1:${port}/cable`, { headers: { Cookie: `user=${user}` } })
      clients.push(await client.opened())
      assert.equal((await client.subscribe('room:7')).type, 'subscribed')
      return client
    }
    const shown = async (client: TestClient) =>
      /<turbo-stream action="update" target="people"><template>(.*)<\/template>/s
        .exec(String((await client.next()).data))?.[1]
        ?.trim()
    const [adaLi, benLi] = ['<li id="person_1">Ada</li>', '<li id="person_2">Ben</li>']
    assert.equal(await list(1), '')
    const ada = await open(1)
    assert.equal(await shown(ada), adaLi)
    const ben = await open(2)
    assert.equal(await shown(ada), adaLi + benLi)
    assert.equal(await list(1), adaLi + benLi)
    ben.ws.terminate()
    assert.equal(await shown(ada), adaLi)
    assert.equal((await fetch(`http://127.0.0.1:${port}/rooms/7`)).status, 401)
  } finally {
    for (const { ws } of clients) ws.terminate()
    await example.remove()
  }
})
