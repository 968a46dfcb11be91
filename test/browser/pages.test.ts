// Every page of the Showcase: reached from the first, sound in itself, and fit for a phone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { live, useShowcase } from './showcase.ts'

const showcase = useShowcase()
const pages = {
  '/heats': 'Current heat',
  '/scores': 'Live scores',
  '/config': 'Configuration update',
  '/playlists': 'Playlist download',
  '/commands': 'Command output',
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
  for (const path of ['/', ...Object.keys(pages)]) {
    const page = await showcase.visit(path, phone)
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
