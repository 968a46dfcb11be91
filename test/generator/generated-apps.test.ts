// Apps that others' generators make become live by one command and the lines that it prints: seen in a browser.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { npmInstall, pack, received, whileListening } from '../package/consumer.ts'
import { launchBrowser } from '../support/browser.ts'
import { freePort } from '../support/http-server.ts'
import { carefullyInstall, generate, printedLines, runScript } from './generated.ts'

describe('a generated app', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-generator-'))
  let tarball: string
  let browser: Browser
  before(async () => {
    tarball = (await pack(folder)).tarball
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  for (const [engine, view] of [
    ['ejs', 'index.ejs'],
    ['pug', 'index.pug'],
    ['hbs', 'index.hbs'],
  ] as const) {
    it(`of express-generator with ${engine} is live`, async () => {
      const app = join(folder, engine)
      await generate(folder, 'express-generator', [`--view=${engine}`, engine])
      await npmInstall(app, [tarball])
      const lines = printedLines(await carefullyInstall(app))

      const indent = engine === 'pug' ? '  ' : ''
      // Express-generator's EJS page is a whole document; the others extend a layout.
      edit(join(app, 'views', view), (text) =>
        engine === 'ejs'
          ? text.replace('</body>', `${lines.marker}${lines.element}</body>`)
          : `${text.trimEnd()}\n${indent}${lines.marker}\n${indent}${lines.element}\n`,
      )
      edit(join(app, 'routes', 'index.js'), (text) => {
        // Its routes are on a router.
        const route = lines.route.replace(/^app/, 'router')
        return `${lines.source}\n${text.replace('module.exports', `${route}\nmodule.exports`)}`
      })
      await whileListening(app, [process.execPath, 'bin/www'], await freePort(), async (origin) => {
        const page = await (await fetch(origin)).text()
        assert.match(
          page,
          /<script type="importmap">[\s\S]*<body data-controller="turbo-streams">[\s\S]*data-streams="counter"/,
        )
        await assertLive(browser, origin, 'counter')
      })
    })
  }

  it('of create-vite-extra, an ES module server and a TypeScript client, builds and is live', async () => {
    const app = join(folder, 'vite')
    await generate(folder, 'create-vite-extra', ['vite', '--template', 'ssr-vanilla-ts'])
    await npmInstall(app, [tarball, '@hotwired/turbo', '@hotwired/stimulus'])
    const lines = printedLines(await carefullyInstall(app))

    // The template has an element with the id "counter".
    assert.match(lines.element, /id="visits"/)
    edit(join(app, 'index.html'), (text) => text.replace('</body>', `${lines.marker}${lines.element}</body>`))
    edit(
      join(app, 'server.js'),
      (text) => `${lines.source}\n${text.replace('// Serve HTML', `${lines.route}\n// Serve HTML`)}`,
    )
    await runScript(app, 'build')
    const start = [process.execPath, '--import', 'data:text/javascript,process.env.NODE_ENV="production"', 'server.js']
    await whileListening(app, start, await freePort(), (origin) => assertLive(browser, origin, 'visits'))
  })
})

/** A plain socket gets the message of a request, and an open page shows it. */
async function assertLive(browser: Browser, origin: string, name: string): Promise<void> {
  const increment = () => fetch(`${origin}/live`, { method: 'POST' })
  assert.deepEqual(await received(origin, name, increment), {
    type: 'message',
    stream: name,
    data: `<turbo-stream action="update" target="${name}"><template>1</template></turbo-stream>`,
  })
  const page = await browser.newPage()
  try {
    await page.goto(origin)
    await page.waitForSelector('[data-turbo-stream][connected]', { state: 'attached' })
    assert.equal(await page.textContent(`#${name}`), '0')
    await increment()
    await page.waitForFunction((id) => document.getElementById(id)?.textContent === '1', name)
  } finally {
    await page.close()
  }
}

function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, 'utf8')
  const changed = change(text)
  assert.notEqual(changed, text, `${file} is changed`)
  writeFileSync(file, changed)
}
