// The custom server for Next of docs/frameworks.md, in a Next app that is built for production. Next is too large to be installed
// for every test, so that its app installs it.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { docsProgram } from '../support/docs.ts'
import { run } from '../support/run.ts'
import { cleanEnvironment, inEmptyFolder, installApp, received, whileRunning } from './consumer.ts'

// Its route is every path, the cable's too.
const catchAll = `export const getServerSideProps = () => ({ props: {} })

export default function Page() {
  return <p>any</p>
}
`

test('a Next app with a custom server is live, also below a page that catches all paths', () =>
  inEmptyFolder(async (folder) => {
    const app = await installApp(folder, 'next')
    await mkdir(join(app, 'pages'))
    await writeFile(join(app, 'pages', '[...slug].jsx'), catchAll)
    for (const file of ['server.mjs', 'pages/index.jsx']) {
      await writeFile(join(app, file), docsProgram('docs/frameworks.md', file))
    }
    const env = { ...cleanEnvironment(), NEXT_TELEMETRY_DISABLED: '1' }
    const next = join('node_modules', 'next', 'dist', 'bin', 'next')
    const { code, output } = await run(process.execPath, [next, 'build', '--webpack'], { cwd: app, env })
    assert.equal(code, 0, output)

    // What the app inherits.
    process.env.NODE_ENV = 'production'
    process.env.TURBO_CABLE_BROADCAST_TOKEN = 'token'
    await whileRunning(app, [process.execPath, 'server.mjs'], async (printed) => {
      const origin = printed.replace('localhost', '127.0.0.1')
      const page = await (await fetch(origin)).text()
      assert.match(page, /data-streams="news"[^>]* data-cursor="[^"]+:0"/)
      assert.equal((await fetch(`${origin}/cable/start.js`)).status, 200)
      assert.match(await (await fetch(`${origin}/elsewhere`)).text(), /<p>any<\/p>/)
      const message = await received(origin, 'news', async () => {
        const response = await fetch(`${origin}/_broadcast`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: 'Bearer token' },
          body: JSON.stringify({ stream: 'news', data: { n: 1 } }),
        })
        assert.equal(response.status, 200)
      })
      assert.deepEqual(message, { type: 'message', stream: 'news', data: { n: 1 } })
    })
  }))
