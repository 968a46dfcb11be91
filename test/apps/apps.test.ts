// Four small apps as somebody writes them who has the docs alone, and their own suites by `turbo-cable/testing`, run in folders
// that have the package as an app has it.

import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { findChromium } from '../../scripts/setup.mjs'
import { AppFolder } from '../support/app-folder.ts'
import { root } from '../support/run.ts'

const packages = ['ejs', 'express', 'express-session', 'playwright-core', 'supertest', 'sequelize']
const sqlite3 = pathToFileURL(join(root, 'test/support/sqlite3.mjs')).href

for (const [name, title, count] of [
  ['todo', 'a todo list whose model broadcasts', 5],
  ['chat', 'a chat whose rooms are for their members', 5],
  ['job', 'a job in another process that shows its progress', 4],
  ['contacts', 'a list with forms in frames and answers that are streams', 5],
] as const) {
  test(`${title}: its own suite passes`, async () => {
    const folder = new AppFolder(packages)
    try {
      folder.write('package.json', '{ "type": "module" }')
      folder.write('node_modules/sqlite3/package.json', '{ "type": "module", "exports": "./index.js" }')
      folder.write('node_modules/sqlite3/index.js', `export * from '${sqlite3}'\n`)
      for (const part of [name, 'browser.mjs']) {
        cpSync(join(root, 'test/apps', part), join(folder.path, part === name ? '' : part), { recursive: true })
      }
      const args = ['--test', '--test-reporter=tap', '--test-timeout=90000', 'app.test.mjs']
      const { code, output } = await folder.run(args, { CHROME_PATH: findChromium(), NODE_ENV: 'test' })
      assert.equal(code, 0, output)
      assert.match(output, new RegExp(`^# pass ${count}$`, 'm'), output)
    } finally {
      folder.remove()
    }
  })
}
