// The dev server of Vite: the proxy that it needs, printed where it is missing.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { app, installed } from './app.ts'

const server = (more = '') => ({
  'server.js': `import express from 'express'\nimport { turboCable } from 'turbo-cable'\nconst app = express()\napp.use(turboCable())\n${more}`,
})
const client = {
  'index.html': '<body data-controller="turbo-streams"><script type="module" src="/src/main.js"></script></body>',
  'src/main.js':
    "import '@hotwired/turbo'\nimport { Application } from '@hotwired/stimulus'\nimport { TurboStreamsController } from 'turbo-cable/stimulus'\nApplication.start().register('turbo-streams', TurboStreamsController)\n",
}
const manifest = (scripts = {}) => ({
  scripts,
  dependencies: { express: '5', vite: '8', 'turbo-cable': '0', '@hotwired/turbo': '8', '@hotwired/stimulus': '3' },
})
const printed = (files: Record<string, string>, scripts?: object) =>
  installed(app({ ...client, ...files }, manifest(scripts))).plan.instructions.filter((text) => text.includes('Vite'))

describe('an app with Vite', () => {
  it('is told the proxy of its dev server, with the port that Express listens on', () => {
    for (const [listens, port] of [
      ['app.listen(4000)', '4000'],
      ['app.listen(process.env.PORT || 5001)', '5001'],
      ["const port = Number(process.env.PORT ?? '5002')", '5002'],
      ['start(app)', '3000'],
    ]) {
      const [text, ...others] = printed({ ...server(listens), 'vite.config.ts': 'export default {}' })
      assert.deepEqual(others, [])
      assert.match(text ?? '', /^vite\.config\.ts: .* Leave out \/_broadcast:\n/)
      assert.ok(
        text?.endsWith(`\n  server: { proxy: { '/cable': { target: 'http://localhost:${port}', ws: true } } }`),
        text,
      )
    }
  })

  it('is told also where Vite has no configuration, but a script', () => {
    for (const dev of ['vite', 'vite --host', 'node server.js & vite', 'vite dev'])
      assert.match(printed(server(), { dev }).join(), /^vite\.config\.js: /)
    assert.deepEqual(printed(server(), { build: 'vite build' }), [])
  })

  it('is told nothing where Vite runs within Express, or passes the cable on', () => {
    const config = { 'vite.config.js': 'export default {}' }
    assert.deepEqual(printed({ ...server('createServer({ server: { middlewareMode: true } })'), ...config }), [])
    assert.deepEqual(printed({ ...server("import ViteExpress from 'vite-express'"), ...config }), [])
    const proxy = "export default { server: { proxy: { '/cable': { target: 'http://localhost:3000', ws: true } } } }"
    assert.deepEqual(printed({ ...server(), 'vite.config.js': proxy }), [])
  })
})
