// The programs of docs/responses.md and docs/frames-and-drive.md in a real browser: a form that a stream answers, a frame that a
// form changes, and errors that are shown in both.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { docsProgram, linkPackages } from '../support/docs.ts'
import { Program } from '../support/program.ts'
import { live } from './showcase.ts'

let browser: Browser

before(async () => {
  browser = await launchBrowser()
})
after(() => browser?.close())

async function running(page: string, run: (open: () => Promise<Page>) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-browser-'))
  const context = await browser.newContext()
  context.setDefaultTimeout(30_000)
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(String(error.error())))
  let program: Program | undefined
  try {
    linkPackages(folder, ['express'])
    writeFileSync(join(folder, 'server.mjs'), docsProgram(page, 'server.mjs'))
    program = new Program(process.execPath, [join(folder, 'server.mjs')], { env: { ...process.env, PORT: '0' } })
    const origin = await program.line()
    await run(async () => {
      const opened = await context.newPage()
      await opened.goto(origin)
      return opened
    })
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
    await program?.end()
    rmSync(folder, { recursive: true })
  }
}

test('a stream answers a form: the page changes in place, the other page too, and nobody has it twice', () =>
  running('docs/responses.md', async (open) => {
    const [mine, other] = [await open(), await open()]
    for (const page of [mine, other]) await live(page)
    await mine.evaluate(() => Object.assign(window, { same: true }))
    const send = async (text: string) => {
      await mine.locator('input').fill(text)
      await mine.locator('input').press('Enter')
    }
    await send('')
    await mine.getByText('Write something').waitFor()
    for (const text of ['one', 'two']) {
      await send(text)
      // The answer replaces the form, which is empty then.
      for (const page of [mine, other]) await page.locator('li', { hasText: text }).waitFor()
      await mine.waitForFunction(() => document.querySelector('input')?.value === '')
    }
    for (const page of [mine, other])
      assert.deepEqual(await page.locator('#messages li').allTextContents(), ['one', 'two'])
    assert.equal(await mine.getByText('Write something').count(), 0)
    assert.equal(await mine.evaluate(() => 'same' in window), true, 'the page was loaded anew')
  }))

test('a frame is followed, shows the errors of its form, and takes the redirect, while the page around it stays', () =>
  running('docs/frames-and-drive.md', async (open) => {
    const page = await open()
    const frame = page.locator('turbo-frame#note')
    await page.locator('h1').evaluate((heading) => heading.setAttribute('data-same', ''))
    await frame.getByRole('link', { name: 'Edit' }).click()
    await frame.locator('input').fill(' ')
    await frame.getByRole('button', { name: 'Save' }).click()
    await frame.getByText('Write something').waitFor()
    await frame.locator('input').fill('Buy tea')
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      frame.getByRole('button', { name: 'Save' }).click(),
    ])
    assert.equal(answer.status(), 303)
    await frame.getByText('Buy tea').waitFor()
    assert.equal(await page.locator('h1[data-same]').count(), 1)
    assert.equal(new URL(page.url()).pathname, '/')
  }))
