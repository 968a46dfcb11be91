// Pattern 4, playlist download: JSON progress on the request's own stream, and a file at its end.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { useShowcase } from './showcase.ts'

const showcase = useShowcase({ pace: 40 })

test('the bar moves, and then the file can be downloaded', async () => {
  const profile = await showcase.profile()
  const page = await showcase.visit('/playlists', profile)
  const other = await showcase.visit('/playlists', profile)
  await page.getByRole('button', { name: 'Make a playlist' }).click()
  await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 0)
  await page.locator('.panel[data-status="processing"] .message', { hasText: /^Track \d+ of 48: / }).waitFor()

  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download the playlist' }).click()
  const file = await download
  assert.equal(file.suggestedFilename(), 'offline-playlist.m3u8')
  const lines = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\n')
  assert.equal(lines[0], '#EXTM3U')
  assert.equal(lines.length, 1 + 2 * 48)
  assert.equal(lines[1], '#EXTINF:90,Waltz № 1')
  // The visitor's list in the other page, by HTML.
  await other.locator('#playlists li', { hasText: 'ready' }).waitFor()
})

test('a page opened while the playlist is made follows it to the end', async () => {
  const profile = await showcase.profile()
  const answer = await profile.request.post('/playlists', { headers: { Accept: 'application/json' } })
  const { stream, cursor } = (await answer.json()) as { stream: string; cursor: string }
  assert.match(cursor, /^.+:\d+$/)
  const page = await showcase.visit(`/playlists/${stream.replace('playlist_', '')}`, profile)
  assert.ok(await page.locator('.panel[data-status="processing"]').isVisible())
  await page.getByRole('link', { name: 'Download the playlist' }).waitFor()
})
