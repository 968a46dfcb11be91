import assert from 'node:assert/strict'
import { test } from 'node:test'
import request from 'supertest'
import { broadcastAppendTo } from 'turbo-cable'
import {
  assertBroadcasts,
  assertNoBroadcasts,
  assertTurboStream,
  captureBroadcasts,
  connected,
  turboStreamHeaders,
} from 'turbo-cable/testing'
import { app } from './app.mjs'
import { useBrowser } from './browser.mjs'
import { rooms } from './chat.mjs'

const { open } = useBrowser(app)

async function agent(user) {
  const agent = request.agent(app)
  await agent.post('/login').type('form').send({ user })
  return agent
}

/** Opens the room in a browser as this user, and waits until the page hears. */
async function comeIn(user, room = 'tea') {
  const page = await open('/')
  await page.getByLabel('Name').fill(user)
  await page.getByLabel('Room').fill(`/rooms/${room}`)
  await page.getByRole('button', { name: 'Come in' }).click()
  await page.waitForURL(`**/rooms/${room}`)
  await connected(page)
  return page
}

async function say(page, text) {
  await page.getByLabel('Message').fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** From now on notes this event of the page; gives a function that waits for it, and gives its reason. */
async function listen(page, name) {
  await page.evaluate((name) => {
    globalThis.heard = undefined
    const note = ({ detail }) => {
      globalThis.heard = detail?.reason ?? name
    }
    document.addEventListener(name, note, { once: true })
  }, name)
  return async () => (await page.waitForFunction(() => globalThis.heard)).jsonValue()
}
const hears = (page, text) => page.locator('#messages span', { hasText: text }).waitFor()

test('who is no member gets nothing of a room', async () => {
  const cleo = await agent('cleo')
  assert.equal((await cleo.get('/rooms/tea')).status, 403)
  const post = () => cleo.post('/rooms/tea/messages').type('form').send({ text: 'let me in' })
  await assertNoBroadcasts(async () => assert.equal((await post()).status, 403))
})

test('a message is the answer to who says it, and is broadcast to the room', async () => {
  const ana = await agent('ana')
  const say = (text) => ana.post('/rooms/tea/messages').set(turboStreamHeaders).type('form').send({ text })
  const [message] = await captureBroadcasts(['room', 'tea'], async () => {
    assertTurboStream(await say('<i>hi</i>'), { action: 'append', target: 'messages' })
  })
  assert.match(message.html, /<b>ana<\/b> <span>&lt;i&gt;hi&lt;\/i&gt;<\/span>/)
  await assertNoBroadcasts(async () => assertTurboStream(await say(' '), { target: 'error', status: 422 }))
  await assertBroadcasts(['room', 'tea'], { action: 'append', count: 1 }, async () => {
    const answer = await ana.post('/rooms/tea/messages').type('form').send({ text: 'without Turbo' })
    assert.equal(answer.headers.location, '/rooms/tea')
  })
})

test('members hear each other, once', async () => {
  const [ana, ben] = [await comeIn('ana'), await comeIn('ben')]
  await say(ana, 'hello Ben')
  await hears(ben, 'hello Ben')
  await say(ben, 'hello Ana')
  await hears(ana, 'hello Ana')
  for (const page of [ana, ben]) {
    assert.deepEqual((await page.locator('#messages span').allTextContents()).slice(-2), ['hello Ben', 'hello Ana'])
  }
})

test("a member's token opens nothing for somebody else, member or not", async () => {
  const [ana, ben, cleo] = [await comeIn('ana'), await comeIn('ben'), await comeIn('cleo', 'coffee')]
  const marker = await ana.locator('[data-turbo-stream]').evaluate((element) => element.outerHTML)
  for (const other of [ben, cleo]) {
    const reason = await listen(other, 'turbo-cable:rejected')
    await other.evaluate((marker) => document.body.insertAdjacentHTML('beforeend', marker), marker)
    assert.equal(await reason(), 'unauthorized')
  }
  await say(ana, 'between us')
  await hears(ana, 'between us')
  await broadcastAppendTo(['room', 'coffee'], { target: 'messages', html: '<p><span>after it</span></p>' })
  await hears(cleo, 'after it')
  assert.deepEqual(await cleo.locator('#messages span').allTextContents(), ['after it'])
})

test('who is removed hears no more, and who logs out is disconnected', async () => {
  rooms.get('tea').add('dan')
  const dan = await comeIn('dan')
  const ended = await listen(dan, 'turbo-cable:rejected')
  const ana = await agent('ana')
  await ana.post('/rooms/tea/members/dan/remove')
  assert.equal(await ended(), 'unauthorized')
  await assert.rejects(connected(dan, { timeout: 100 }), /not served: room:tea$/)
  const ben = await comeIn('ben')
  const gone = await listen(ben, 'turbo-cable:disconnected')
  const other = await ben.context().newPage()
  await other.goto('/rooms/tea')
  await other.getByRole('button', { name: 'Leave' }).click()
  await gone()
})
