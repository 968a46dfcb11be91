// The Stimulus controller in apps whose scripts a bundler makes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Files } from '../../generators/draft.ts'
import { app, installed } from './app.ts'

const packages = { dependencies: { express: '5' }, devDependencies: { esbuild: '1' } }
const on = '<body data-controller="turbo-streams">'

function bundled(files: Record<string, string>, manifest: object = packages): Files {
  return app({ 'app.js': "const { turboCable } = require('turbo-cable')\n", 'views/a.ejs': on, ...files }, manifest)
}

describe('the client', () => {
  it('registers the controller where the others are registered', () => {
    const { files, plan } = installed(
      bundled({
        'client/app.js': 'import "@hotwired/turbo";\nimport "./controllers";\n',
        'client/controllers/application.js':
          'import { Application } from "@hotwired/stimulus";\nconst application = Application.start();\nexport { application };\n',
        'client/controllers/index.js':
          'import { application } from "./application";\n\nimport MenuController from "./menu_controller";\napplication.register("menu", MenuController);\n',
        'client/controllers/menu_controller.js':
          'import { Controller } from "@hotwired/stimulus";\nexport default class extends Controller {}\n',
      }),
    )
    assert.equal(
      files['client/controllers/index.js'],
      'import { application } from "./application";\n\nimport MenuController from "./menu_controller";\nimport TurboStreamsController from "./turbo_streams_controller";\napplication.register("menu", MenuController);\napplication.register("turbo-streams", TurboStreamsController);\n',
    )
    assert.equal(
      files['client/controllers/turbo_streams_controller.js'],
      'export { TurboStreamsController as default } from "turbo-cable/stimulus";\n',
    )
    assert.equal(plan.edits.length, 2)
  })

  it('writes the file alone where the app takes in every controller', () => {
    for (const glob of [
      "import.meta.glob('./controllers/*_controller.js', { eager: true })",
      "require.context('./controllers', true, /\\.js$/)",
    ]) {
      const { files, plan } = installed(
        bundled({
          'app/main.js': `import '@hotwired/turbo'\nimport { Application } from '@hotwired/stimulus'\nconst application = Application.start()\nload(application, ${glob})\n`,
          'app/controllers/menu_controller.js': 'export default class {}\n',
        }),
      )
      assert.deepEqual(
        plan.edits.map(({ path }) => path),
        ['app/controllers/turbo_streams_controller.js'],
      )
      assert.match(files['app/controllers/turbo_streams_controller.js'] ?? '', /as default/)
    }
  })

  it('registers on an application that the entry starts, and adds Turbo', () => {
    const { files } = installed(
      bundled({
        'src/main.ts': "import { Application } from '@hotwired/stimulus'\n\nwindow.Stimulus = Application.start()\n",
      }),
    )
    assert.equal(
      files['src/main.ts'],
      "import { Application } from '@hotwired/stimulus'\nimport TurboStreamsController from './controllers/turbo_streams_controller'\nimport '@hotwired/turbo'\n\nwindow.Stimulus = Application.start()\nwindow.Stimulus.register('turbo-streams', TurboStreamsController)\n",
    )
    assert.ok(files['src/controllers/turbo_streams_controller.ts'])
  })

  const entries: Array<[title: string, files: Record<string, string>, manifest: object]> = [
    ['a page', { 'index.html': `${on}<script type="module" src="/web/start.js"></script>` }, packages],
    [
      'a script of package.json',
      {},
      { ...packages, scripts: { build: 'esbuild --bundle ./web/start.js --outdir=public' } },
    ],
    ['webpack', { 'webpack.config.js': "module.exports = { entry: './web/start.js' }" }, packages],
    ['esbuild', { 'build.mjs': "build({ entryPoints: ['web/start.js'] })" }, packages],
    [
      'Rollup in Vite',
      { 'vite.config.js': "export default { build: { rollupOptions: { input: { main: 'web/start.js' } } } }" },
      packages,
    ],
  ]
  for (const [title, extra, manifest] of entries) {
    it(`starts an application in the entry that is named by ${title}`, () => {
      const { files } = installed(bundled({ ...extra, 'web/start.js': '' }, manifest))
      assert.equal(
        files['web/start.js'],
        "import '@hotwired/turbo'\nimport { Application } from '@hotwired/stimulus'\nimport TurboStreamsController from './controllers/turbo_streams_controller.js'\n\nconst application = Application.start()\napplication.register('turbo-streams', TurboStreamsController)\n",
      )
    })
  }

  it('puts tags into the pages where the bundler makes the server alone', () => {
    const { files, plan } = installed(
      app(
        {
          'src/app.ts': "import express from 'express'\nexport const app = express()\n",
          'src/server.ts': "import { app } from './app'\napp.listen(3000)\n",
          'views/a.ejs': '<body>',
        },
        {
          ...packages,
          scripts: { build: 'esbuild src/server.ts --bundle --platform=node', start: 'node dist/server.js' },
        },
      ),
    )
    assert.match(files['views/a.ejs'] ?? '', /turboCableTags/)
    assert.deepEqual(plan.instructions, [])
    assert.deepEqual(
      plan.edits.map(({ path }) => path),
      ['src/app.ts', 'views/a.ejs'],
    )
  })

  it('takes another name where the entry has an application of its own', () => {
    const html = { 'index.html': `${on}<script type="module" src="/start.js"></script>` }
    const { files } = installed(
      bundled({ ...html, 'start.js': "import { application } from './application.js'\napplication.run()\n" }),
    )
    assert.match(files['start.js'] ?? '', /const stimulus = Application\.start\(\)\nstimulus\.register/)
  })

  it('names the controller as the entry names its other files', () => {
    const stimulus = "import { Application } from '@hotwired/stimulus'\nconst application = Application.start()\n"
    const rows = [
      ['main.js', '', './controllers/turbo_streams_controller.js'],
      ['main.js', "import './a'\n", './controllers/turbo_streams_controller'],
      ['main.js', "import './a.css'\n", './controllers/turbo_streams_controller.js'],
      ['main.ts', '', './controllers/turbo_streams_controller'],
      ['main.ts', "import './a.js'\n", './controllers/turbo_streams_controller.js'],
      ['main.ts', "import './a.ts'\n", './controllers/turbo_streams_controller.ts'],
    ] as const
    for (const [path, imports, specifier] of rows) {
      assert.ok(
        installed(bundled({ [path]: imports + stimulus })).files[path]?.includes(`from '${specifier}'`),
        `${path} ${imports}`,
      )
    }
  })

  it('keeps a controller of the same name that is not ours', () => {
    const { files, plan } = installed(
      bundled({
        'src/main.js':
          "import '@hotwired/turbo'\nimport { Application } from '@hotwired/stimulus'\nconst application = Application.start()\n",
        'src/controllers/turbo_streams_controller.js': '// mine\n',
      }),
    )
    assert.equal(files['src/controllers/turbo_streams_controller.js'], '// mine\n')
    assert.match(plan.instructions.join(), /turbo_streams_controller\.js is your own/)
  })

  it('leaves pages that a framework renders', () => {
    const html = { 'index.html': '<body><script type="module" src="/src/main.tsx"></script>' }
    const { files, plan } = installed(
      bundled({ ...html, 'src/main.tsx': "import { hydrateRoot } from 'react-dom/client'\n" }),
    )
    assert.deepEqual(plan.edits, [])
    assert.equal(files['index.html'], html['index.html'])
    assert.match(plan.next, /subscribe\('counter'/)
  })

  const asked: Array<[title: string, files: Record<string, string>, reason: RegExp]> = [
    ['no entry is found', {}, /entry was not found/],
    [
      'two entries are found',
      { 'webpack.config.js': "module.exports = { entry: { a: './a.js', b: './b.js' } }", 'a.js': '', 'b.js': '' },
      /More than one entry/,
    ],
    [
      'the entry is CommonJS',
      { 'webpack.config.js': "module.exports = { entry: './a.js' }", 'a.js': 'module.exports = 1' },
      /a\.js is a CommonJS module/,
    ],
    [
      'two applications are started',
      {
        'a.js': "import { Application } from '@hotwired/stimulus'\nApplication.start()",
        'b.js': "import { Application } from '@hotwired/stimulus'\nApplication.start()",
      },
      /More than one Stimulus/,
    ],
  ]
  for (const [title, files, reason] of asked) {
    it(`asks where ${title}`, () => {
      const { plan } = installed(bundled(files))
      assert.deepEqual(plan.edits, [])
      assert.match(plan.instructions.join(), reason)
    })
  }

  it('names the packages that are missing, with the package manager of the app', () => {
    assert.equal(installed(bundled({})).plan.install, 'npm install turbo-cable @hotwired/turbo @hotwired/stimulus')
    assert.equal(
      installed(bundled({ 'pnpm-lock.yaml': '' })).plan.install,
      'pnpm add turbo-cable @hotwired/turbo @hotwired/stimulus',
    )
    assert.equal(
      installed(app({ 'yarn.lock': '' }, { dependencies: { express: '5' } })).plan.install,
      'yarn add turbo-cable @hotwired/turbo @hotwired/stimulus',
    )
    assert.equal(installed(app({}, { dependencies: { express: '5' } })).plan.install, 'npm install turbo-cable')
  })
})
