import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertBroadcasts, assertNoBroadcasts, captureBroadcasts } from 'turbo-cable/testing'
import { app } from './app.mjs'
import { useBrowser } from './browser.mjs'
import { importRows } from './import-job.mjs'

const { open, visit } = useBrowser(app)
const save = async () => {}

test('the job says what it does, in order', async () => {
  const broadcasts = await captureBroadcasts(['import', 'a'], () => importRows('a', ['x', 'y'], save))
  const progress = broadcasts.filter(({ json }) => json?.progress).map(({ json }) => json.progress)
  assert.deepEqual(progress, [50, 100])
  const says = broadcasts.filter(({ target }) => target === 'status').map(({ html }) => html)
  assert.deepEqual(says, ['Importing 2 rows', 'Done'])
  assert.match(broadcasts.find(({ target }) => target === 'summary').html, /<b>2<\/b> rows/)
  assert.match(broadcasts.map(({ html }) => html).join(''), /imported &lt;x&gt;/)
})

test('it tells its own pages alone, and a job that fails does not say that it is done', async () => {
  await assertBroadcasts(['import', 'b'], { target: 'summary' }, () => importRows('b', ['x'], save))
  await assertNoBroadcasts(['import', 'c'], () => importRows('b', ['x'], save))
  const fails = () => Promise.reject(new Error('disk full'))
  const broadcasts = await captureBroadcasts(['import', 'd'], () =>
    assert.rejects(importRows('d', ['x'], fails), /disk full/),
  )
  assert.deepEqual(
    broadcasts.filter(({ target }) => target === 'status').map(({ html }) => html),
    ['Importing 1 rows'],
  )
  assert.deepEqual(
    broadcasts.flatMap(({ json }) => json?.state ?? []),
    ['failed'],
  )
})

test('a form starts it in a process of its own, and every page of the import shows how it goes', async () => {
  const watching = await visit('/imports/1')
  const other = await visit('/imports/9')
  const page = await open('/')
  await page.getByLabel('Rows').fill('milk,tea')
  await page.getByRole('button', { name: 'Import' }).click()
  await page.waitForURL('**/imports/1')
  for (const each of [watching, page]) {
    await each.locator('#summary b', { hasText: '2' }).waitFor()
    await each.locator('#status', { hasText: 'Done' }).waitFor()
    assert.equal(await each.locator('#log').innerText(), 'imported <milk>\nimported <tea>\n')
  }
  await watching.waitForFunction(() => document.querySelector('progress').value === 100)
  assert.equal(await other.locator('#status').innerText(), 'Waiting')
})

test('a page that comes in the middle has the text whole', async () => {
  let goOn
  const gate = new Promise((resolve) => {
    goOn = resolve
  })
  const watching = await visit('/imports/2')
  const job = importRows('2', ['milk', 'tea'], (row) => (row === 'tea' ? gate : undefined))
  await watching.locator('#log', { hasText: 'milk' }).waitFor()
  const late = await visit('/imports/2')
  assert.equal(await late.locator('#log').innerText(), 'imported <milk>\n')
  goOn()
  await job
  await late.locator('#status', { hasText: 'Done' }).waitFor()
  assert.equal(await late.locator('#log').innerText(), 'imported <milk>\nimported <tea>\n')
})
