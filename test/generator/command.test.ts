// The command line: what it prints, where, and its exit codes. Run as its own process, as a user runs it.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { root, run } from '../support/run.ts'

describe('turbo-cable install', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'turbo-cable-command-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  function write(files: Record<string, string>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), text)
    }
  }
  const command = (...args: string[]) =>
    run(process.execPath, ['--import', 'tsx', join(root, 'src', 'cli', 'main.ts'), ...args])
  const install = (...args: string[]) => command('install', directory, ...args)

  const typescript = {
    'package.json': '{ "dependencies": { "express": "^5.0.0" }, "scripts": { "start": "node dist/index.js" } }',
    'src/index.ts': "import { createApp } from './app'\n\ncreateApp().listen(3000)\n",
    'src/app.ts':
      "import express, { type Express } from 'express'\n\nexport function createApp(): Express {\n  const app = express()\n  app.set('view engine', 'ejs')\n  return app\n}\n",
    'views/index.ejs': "<%- include('partials/header') %>\n<h1>a</h1>\n<%- include('partials/footer') %>\n",
    'views/partials/header.ejs': '<html>\n  <head>\n    <title>a</title>\n  </head>\n  <body class="<%= page %>">\n',
    'views/partials/footer.ejs': '  </body>\n</html>\n',
  }

  it('makes a TypeScript app with a layout in parts live, and says what it did and what to write next', async () => {
    write(typescript)
    const { code, stdout } = await install()
    assert.equal(code, 0)
    assert.equal(
      stdout,
      `Done:
  changed    src/app.ts                 app.use(turboCable())
  changed    views/partials/header.ejs  data-controller="turbo-streams" on <body>, turboCableTags() in <head>

Install what is missing:
  npm install turbo-cable

Next, write these lines:
  1. in a view              <%- turboStreamFrom('counter') %>
  2. beside it              <p id="counter">0</p>
  3. where your routes are  import { broadcastUpdateTo } from 'turbo-cable'
  4. a route there          app.post('/live', async (req, res) => { await broadcastUpdateTo('counter', { target: 'counter', text: '1' }); res.sendStatus(204) })
`,
    )
    assert.equal(
      readFileSync(join(directory, 'src/app.ts'), 'utf8'),
      "import express, { type Express } from 'express'\nimport { turboCable } from 'turbo-cable'\n\nexport function createApp(): Express {\n  const app = express()\n  app.use(turboCable())\n  app.set('view engine', 'ejs')\n  return app\n}\n",
    )
    assert.equal(
      readFileSync(join(directory, 'views/partials/header.ejs'), 'utf8'),
      '<html>\n  <head>\n    <title>a</title>\n    <%- turboCableTags() %>\n  </head>\n  <body class="<%= page %>" data-controller="turbo-streams">\n',
    )
    assert.match(
      (await install()).stdout,
      /^Nothing to change\.\n {2}unchanged {2}src\/app\.ts +turboCable\(\) is already there\n/,
    )
  })

  it('prints a diff and nothing else to standard output in a dry run', async () => {
    write(typescript)
    const { code, stdout, output } = await install('--dry-run')
    assert.equal(code, 0)
    assert.match(stdout, /^--- a\/src\/app\.ts\n\+\+\+ b\/src\/app\.ts\n@@ -1,7 \+1,9 @@\n/)
    assert.doesNotMatch(stdout, /Next/)
    assert.match(output, /nothing was written/)
    assert.equal(readFileSync(join(directory, 'src/app.ts'), 'utf8'), typescript['src/app.ts'])
  })

  it('tells what it left, and why', async () => {
    write({
      'package.json': '{ "dependencies": { "express": "^5.0.0" } }',
      'app.js': "const express = require('express')\nconst app = wrap(express())\n",
      'views/a.ejs': '<<<<<<< ours\n<body>\n>>>>>>> theirs\n',
    })
    const { code, stdout } = await install()
    assert.equal(code, 0)
    assert.match(stdout, /^Nothing to change\./)
    assert.match(stdout, /skipped {4}app\.js +no line can be added safely after line 2/)
    assert.match(stdout, /skipped {4}views\/a\.ejs +it has merge conflicts/)
    assert.match(stdout, /Left to you:\n {2}- app\.js:2 makes the app inside of another expression/)
  })

  it('lets no control character of a name reach the terminal, and leaves such a file alone', async () => {
    const codes = '\u001b[2J\u009b31m\u202e'
    const body = '<body></body>'
    write({ ...typescript, [`views/${codes}.ejs`]: body, [`views/${codes}/a.ejs`]: body, [`${codes}.md`]: '' })
    for (const args of [['--dry-run'], []]) {
      const { code, output } = await install(...args)
      assert.equal(code, 0)
      assert.doesNotMatch(output, /(?!\n)\p{Cc}|\u202e/u)
      assert.match(output, /skipped +views\/\\u001b\[2J\\u009b31m\\u202e\.ejs +its name has control characters/)
      assert.doesNotMatch(output, /\.md/)
    }
    assert.equal(readFileSync(join(directory, `views/${codes}.ejs`), 'utf8'), body)
    for (const args of [[`install`, codes], [codes], ['install', `--${codes}`]]) {
      assert.doesNotMatch((await command(...args)).output, /(?!\n)\p{Cc}|\u202e/u)
    }
  })

  const refused: Array<[title: string, files: Record<string, string>, message: RegExp]> = [
    ['no package.json', {}, /There is no package\.json in this directory/],
    ['a package.json that is not JSON', { 'package.json': '{' }, /package\.json is not valid JSON/],
    ['no Express', { 'package.json': '{ "dependencies": { "koa": "1" } }' }, /does not depend on express\.\n/],
    [
      'Express in a directory below',
      { 'package.json': '{}', 'server/package.json': '{ "dependencies": { "express": "5" } }' },
      /Did you mean server\?/,
    ],
  ]
  for (const [title, files, message] of refused) {
    it(`ends with 1 and one line where there is ${title}`, async () => {
      write(files)
      const { code, stdout, output } = await install()
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(output, message)
      assert.equal(output.trim().split('\n').length, 1)
    })
  }

  it('ends with 1 where there is no such directory', async () => {
    const { code, output } = await command('install', join(directory, 'none'))
    assert.equal(code, 1)
    assert.match(output, /There is no such directory/)
  })

  const usage: Array<[args: string[], message: RegExp]> = [
    [['install', '--force'], /Unknown option '--force'/],
    [['install', 'a', 'b'], /expected one directory, got a b/],
    [['instal'], /unknown command "instal": did you mean `install`\?/],
    [[], /^Usage/],
  ]
  for (const [args, message] of usage) {
    it(`ends with 2 and the usage after: turbo-cable ${args.join(' ')}`, async () => {
      const { code, stdout, output } = await command(...args)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(output, message)
      assert.match(output, args[0] === 'install' ? /Usage: turbo-cable install/ : /Usage: turbo-cable <command>/)
    })
  }

  it('prints the usage where it is asked for', async () => {
    const all = await command('--help')
    assert.equal(all.code, 0)
    assert.match(all.stdout, /^Usage: turbo-cable <command>\n\n {2}install {2,}make an existing Express app live\n/)
    const { code, stdout } = await command('install', '--help')
    assert.equal(code, 0)
    assert.match(stdout, /^Usage: turbo-cable install \[directory\] \[--dry-run\]\n/)
  })
})
