// Every page of the Showcase: reached from the first, sound in itself, and fit for a phone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProjectFile } from '../support/project-files.ts'
import { live, useShowcase } from './showcase.ts'

const showcase = useShowcase()
const pages = {
  '/heats': 'Current heat',
  '/scores': 'Live scores',
  '/config': 'Configuration update',
  '/playlists': 'Playlist download',
  '/commands': 'Command output',
  '/words': 'Words as they are written',
  '/replay': 'Replay after a cut',
}

test('the first page links to each pattern', async () => {
  for (const [path, name] of Object.entries(pages)) {
    const page = await showcase.visit('/')
    await page.getByRole('main').getByRole('link', { name }).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    assert.equal(new URL(page.url()).pathname, path)
    await live(page)
  }
})

test('no page is wider than a small phone', async () => {
  const phone = await showcase.profile({ viewport: { width: 320, height: 640 } })
  for (const path of ['/', '/chat', '/chat/hall', '/source', ...Object.keys(pages)]) {
    const page = await phone.newPage()
    await page.goto(path)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.equal(overflow, 0, path)
  }
})

test('pages run under a content security policy without exceptions', async () => {
  const { headers } = await fetch(showcase.origin)
  const policy = headers.get('content-security-policy') ?? ''
  assert.match(policy, /script-src 'self' 'nonce-[^']+';/)
  assert.doesNotMatch(policy, /unsafe|\*|https?:/)
})

test('forms of other sites are not taken', async () => {
  const response = await fetch(`${showcase.origin}/counter`, {
    method: 'POST',
    headers: { 'Sec-Fetch-Site': 'cross-site' },
    redirect: 'manual',
  })
  assert.equal(response.status, 403)
})

test('the first page and its description say what this is in the words of README', async () => {
  const page = await showcase.visit('/')
  const [, , second = ''] =
    readProjectFile('README.md')
      .replaceAll('\n', ' ')
      .match(/(Server code.*?\.) (You .*?\.) /) ?? []
  assert.ok(second, 'README has its second sentence')
  await page.getByRole('main').getByText(second).waitFor()
  const description = await page.getAttribute('meta[name=description]', 'content')
  assert.ok(description?.startsWith('turbo-cable') && description.includes(second), description ?? 'none')
  assert.match(await page.title(), /turbo-cable/)
})

test('each page says how it works, and its links to the source open', async () => {
  const profile = await showcase.profile()
  for (const path of ['/', '/chat', ...Object.keys(pages)]) {
    const page = await profile.newPage()
    await page.goto(path)
    await page.getByRole('heading', { name: 'How it works' }).waitFor()
    const links = await page
      .locator('.sources a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
    assert.ok(links.length >= 3, path)
    for (const link of links) assert.equal((await profile.request.get(link)).status(), 200, link)
  }
})

test('the source shows what is listed, and nothing else', async () => {
  for (const path of [
    'example-app/data/showcase.sqlite3',
    'package.json',
    '..%2f..%2fpackage.json',
    'docs/..%2fpackage.json',
  ]) {
    assert.equal((await fetch(`${showcase.origin}/source/${path}`)).status, 404, path)
  }
})
