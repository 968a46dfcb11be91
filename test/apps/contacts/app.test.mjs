import assert from 'node:assert/strict'
import { test } from 'node:test'
import request from 'supertest'
import {
  assertBroadcasts,
  assertNoBroadcasts,
  assertTurboFrame,
  assertTurboStream,
  turboStreamHeaders,
} from 'turbo-cable/testing'
import { app } from './app.mjs'
import { useBrowser } from './browser.mjs'
import { Contact } from './contact.mjs'

const { visit } = useBrowser(app)

const post = (path, values) => request(app).post(path).type('form').send(values)
const postForStreams = (path, values) => post(path, values).set(turboStreamHeaders)
function saved(name) {
  const contact = new Contact()
  contact.save({ name, email: `${name}@example.com` })
  return contact
}

test('a contact that is valid is a stream to who adds it, and a broadcast to all', async () => {
  const ana = { name: 'Ana', email: 'ana@example.com' }
  await assertBroadcasts('contacts', { action: 'append', target: 'contacts' }, async () => {
    const answer = await postForStreams('/contacts', ana)
    assertTurboStream(answer, { action: 'replace', target: 'new_contact' })
    const [notice] = assertTurboStream(answer, { action: 'update', target: 'notice' })
    assert.equal(notice.html, 'Ana was added')
  })
  const plain = await post('/contacts', ana)
  assert.equal(`${plain.status} ${plain.headers.location}`, '302 /contacts')
})

test('one that is not is a 422 with the form, as a stream or a page, and nobody hears of it', () =>
  assertNoBroadcasts(async () => {
    const wrong = { name: 'Ben', email: 'nowhere' }
    const [form] = assertTurboStream(await postForStreams('/contacts', wrong), { target: 'new_contact', status: 422 })
    assert.match(form.html, /Email is invalid/)
    const page = await post('/contacts', wrong)
    assert.equal(page.status, 422)
    assert.match(page.text, /<h1>Contacts<\/h1>.*Email is invalid/s)
  }))

test("a frame's answer is the frame alone, and an error in it is a 422 with the form again", async () => {
  const contact = saved('Cleo')
  const id = `contact_${contact.id}`
  const frame = await request(app).get(`/contacts/${contact.id}/edit`).set('Turbo-Frame', id)
  assertTurboFrame(frame, id)
  assert.doesNotMatch(frame.text, /<html>/)
  assert.match((await request(app).get(`/contacts/${contact.id}/edit`)).text, /<html>/)
  const wrong = await post(`/contacts/${contact.id}`, { name: 'Cleo', email: '' }).set('Turbo-Frame', id)
  assertTurboFrame(wrong, { id, status: 422 })
  assert.match(wrong.text, /Email is invalid/)
})

test('a form of Turbo is redirected with 303, and the change is broadcast', async () => {
  const contact = saved('Dan')
  await assertBroadcasts('contacts', { action: 'replace', target: contact }, async () => {
    const answer = await postForStreams(`/contacts/${contact.id}`, { name: 'Don', email: 'don@example.com' })
    assert.equal(`${answer.status} ${answer.headers.location}`, `303 /contacts/${contact.id}`)
  })
})

test('a person adds, errs, and edits in place, and another sees what was saved', async () => {
  const [ana, ben] = [await visit('/contacts'), await visit('/contacts')]
  await ana.getByLabel('Name').fill('Eve')
  await ana.getByLabel('Email').fill('nowhere')
  await ana.getByRole('button', { name: 'Add' }).click()
  await ana.getByText('Email is invalid').waitFor()
  await ana.getByLabel('Name').fill('Eve')
  await ana.getByLabel('Email').fill('eve@example.com')
  await ana.getByRole('button', { name: 'Add' }).click()
  await ana.getByText('Eve was added').waitFor()

  const eve = ben.locator('turbo-frame', { hasText: 'Eve' })
  await eve.getByRole('link', { name: 'Edit' }).click()
  await ben.getByLabel('New email').fill('nowhere')
  await ben.getByRole('button', { name: 'Save' }).click()
  await ben.getByText('Email is invalid').waitFor()
  await ben.getByLabel('New name').fill('Eva')
  await ben.getByLabel('New email').fill('eva@example.com')
  await ben.getByRole('button', { name: 'Save' }).click()
  for (const page of [ana, ben]) await page.locator('turbo-frame i', { hasText: 'eva@example.com' }).waitFor()
  assert.equal(await ben.locator('h1').innerText(), 'Contacts')
})
