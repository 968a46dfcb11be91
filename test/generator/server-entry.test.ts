// Where the import and the middleware go in the script that makes the app.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { app, installed, installedFile } from './app.ts'

const rows: Array<[title: string, path: string, before: string, after: string]> = [
  [
    'keeps a CommonJS file CommonJS, behind the packages and before the own files',
    'app.js',
    "var express = require('express');\nvar path = require('path');\n\nvar routes = require('./routes');\n\nvar app = express();\n\napp.use(routes);\n",
    "var express = require('express');\nvar path = require('path');\nvar { turboCable } = require('turbo-cable');\n\nvar routes = require('./routes');\n\nvar app = express();\napp.use(turboCable());\n\napp.use(routes);\n",
  ],
  [
    'follows quotes, missing semicolons and the name of the app',
    'server.mjs',
    'import express from "express"\nimport { router } from "./router.mjs"\nexport const web = express()\nweb.use(router)\n',
    'import express from "express"\nimport { turboCable } from "turbo-cable"\nimport { router } from "./router.mjs"\nexport const web = express()\nweb.use(turboCable())\nweb.use(router)\n',
  ],
  [
    'takes an alias of the own files for no package',
    'app.mjs',
    "import express from 'express'\nimport { routes } from '@src/routes'\nimport { log } from '#log'\n\nconst app = express()\n",
    "import express from 'express'\nimport { turboCable } from 'turbo-cable'\nimport { routes } from '@src/routes'\nimport { log } from '#log'\n\nconst app = express()\napp.use(turboCable())\n",
  ],
  [
    'keeps CRLF line breaks',
    'app.js',
    "const express = require('express')\r\nconst app = express()\r\napp.listen(1)\r\n",
    "const express = require('express')\r\nconst { turboCable } = require('turbo-cable')\r\nconst app = express()\r\napp.use(turboCable())\r\napp.listen(1)\r\n",
  ],
  [
    'adds to a typed app in a function, with its indentation',
    'src/app.ts',
    "import express, { type Express } from 'express';\n\nexport function createApp(): Express {\n\tconst app: Express = express(); // the app\n\treturn app;\n}\n",
    "import express, { type Express } from 'express';\nimport { turboCable } from 'turbo-cable';\n\nexport function createApp(): Express {\n\tconst app: Express = express(); // the app\n\tapp.use(turboCable());\n\treturn app;\n}\n",
  ],
  [
    'adds to an app that is a field of a class',
    'src/server.ts',
    "import express = require('express')\n\nexport class Server {\n  readonly app\n  constructor() {\n    this.app = express()\n  }\n}\n",
    "import express = require('express')\nimport { turboCable } from 'turbo-cable'\n\nexport class Server {\n  readonly app\n  constructor() {\n    this.app = express()\n    this.app.use(turboCable())\n  }\n}\n",
  ],
  [
    'adds behind one declaration of several names',
    'app.js',
    "var express = require('express')\n  , http = require('http')\n  , app = express();\napp.listen(1);\n",
    "var express = require('express')\n  , http = require('http')\n  , app = express();\nvar { turboCable } = require('turbo-cable');\napp.use(turboCable());\napp.listen(1);\n",
  ],
  [
    'adds on the same line where more code follows',
    'app.mjs',
    "import express from 'express'\nconst app = express(); app.listen(1)\n",
    "import express from 'express'\nimport { turboCable } from 'turbo-cable'\nconst app = express(); app.use(turboCable()); app.listen(1)\n",
  ],
  [
    'is not misled by comments, strings, templates and regular expressions',
    'app.js',
    "// const app = express()\nconst express = require('express')\nconst quote = /['\"`]/, text = 'const app = express()', more = `const app = express(); it's`\n/* express() */\nconst app = express()\n",
    "// const app = express()\nconst express = require('express')\nconst { turboCable } = require('turbo-cable')\nconst quote = /['\"`]/, text = 'const app = express()', more = `const app = express(); it's`\n/* express() */\nconst app = express()\napp.use(turboCable())\n",
  ],
  [
    'imports behind an import of several lines',
    'app.mjs',
    "import express from 'express'\nimport {\n  join,\n} from 'node:path'\n\nlet app = express()\n",
    "import express from 'express'\nimport {\n  join,\n} from 'node:path'\nimport { turboCable } from 'turbo-cable'\n\nlet app = express()\napp.use(turboCable())\n",
  ],
  [
    'requires before the app is made, however many requires follow it',
    'app.cjs',
    "'use strict'\nconst express = require('express')\nlet app\napp = express()\nconst helmet = require('helmet')\napp.use(helmet())\n",
    "'use strict'\nconst express = require('express')\nconst { turboCable } = require('turbo-cable')\nlet app\napp = express()\napp.use(turboCable())\nconst helmet = require('helmet')\napp.use(helmet())\n",
  ],
  [
    'keeps a hash-bang line and a byte order mark where they are',
    'bin/www',
    "\uFEFF#!/usr/bin/env node\nconst express = require('express')\nconst app = express()",
    "\uFEFF#!/usr/bin/env node\nconst express = require('express')\nconst { turboCable } = require('turbo-cable')\nconst app = express()\napp.use(turboCable())",
  ],
]

describe('the server', () => {
  for (const [title, path, before, after] of rows) {
    it(title, () => assert.equal(installedFile(app({ [path]: before }), path), after))
  }

  const left: Array<[title: string, source: string]> = [
    ['two apps', "const express = require('express')\nconst app = express()\nconst admin = express()\n"],
    ['an app inside of another call', "const express = require('express')\nconst app = wrap(express())\n"],
    ['an app with a call on it', "const express = require('express')\nconst app = express()\n  .disable('etag')\n"],
    ['the body of an if', "const express = require('express')\nlet app\nif (web)\n  app = express()\n"],
    [
      'the value of an arrow function',
      "const express = require('express')\nlet app\nconst make = () => app = express()\n",
    ],
    ['a field of a class', "import express from 'express'\nexport class Server {\n  app = express()\n}\n"],
    [
      'an app without an import at the top',
      "function start() {\n  const express = require('express')\n  const app = express()\n}\n",
    ],
    ['another object', "import express from 'express'\nconst server = {}\nserver.web.app = express()\n"],
  ]
  for (const [title, source] of left) {
    it(`leaves ${title} and tells what to add`, () => {
      const { files, plan } = installed(app({ 'app.js': source }))
      assert.equal(files['app.js'], source)
      assert.match(plan.instructions.join('\n'), /app\.use\(turboCable\(\)\)/)
    })
  }

  it('leaves an app that has turboCable, wherever it is mounted', () => {
    const { plan } = installed(
      app({
        'app.js': "const express = require('express')\nconst app = express()\nrequire('./live')(app)\n",
        'live.js':
          "const { turboCable } = require('turbo-cable')\nmodule.exports = (app) => app.use(turboCable({ path: '/live' }))\n",
        'views/a.ejs': '<body data-controller="turbo-streams"><%- turboCableTags() %>\n',
      }),
    )
    assert.deepEqual([plan.edits, plan.instructions], [[], []])
    assert.deepEqual(plan.notes[0], { path: 'live.js', status: 'unchanged', summary: 'turboCable() is already there' })
  })

  it('takes the app that the start command reaches first, not a part of it and not a test', () => {
    const express = "import express from 'express'\n"
    const { files } = installed(
      app(
        {
          'src/admin.ts': `${express}export const admin = express()\n`,
          'src/app.ts': `${express}import { admin } from './admin'\nexport const app = express()\napp.use(admin)\n`,
          'src/index.ts': "import { app } from './app'\napp.listen(1)\n",
          'test/app.test.ts': `${express}const app = express()\n`,
        },
        { scripts: { start: 'node dist/index.js' } },
      ),
    )
    assert.match(files['src/app.ts'] ?? '', /app\.use\(turboCable\(\)\)/)
    assert.doesNotMatch(`${files['src/admin.ts']}${files['test/app.test.ts']}`, /turboCable/)
  })

  it('asks where two apps are equally near', () => {
    const source = "import express from 'express'\nconst app = express()\n"
    const { plan } = installed(app({ 'a.mjs': source, 'b.mjs': source }))
    assert.match(plan.instructions.join('\n'), /More than one Express app was found \(a\.mjs:2, b\.mjs:2\)/)
  })

  it('names the reason where one file makes two apps', () => {
    const { plan } = installed(
      app({ 'app.js': "const express = require('express')\nconst a = express()\nconst b = express()\n" }),
    )
    assert.match(plan.instructions.join(), /^app\.js makes more than one Express app\. /)
  })

  it('asks where no app is made', () => {
    assert.match(
      installed(app({ 'app.js': 'start()\n' })).plan.instructions.join('\n'),
      /No `const app = express\(\)` was found/,
    )
  })
})
