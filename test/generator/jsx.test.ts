// Layouts in JSX, which the server renders: the controller on the body, and the lines for what JSX cannot print.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { app, installed } from './app.ts'

const server = { 'app.js': "require('turbo-cable').turboCable()\nconst { turboCable } = require('turbo-cable')\n" }
const on = 'data-controller="turbo-streams"'
const page = (body: string) =>
  `// <body>\nexport const Layout = ({ children }) => (\n  <html>\n    <head />\n    ${body}\n      {children}\n    </body>\n  </html>\n)\n`

describe('a layout in JSX', () => {
  for (const [before, after] of [
    ['<body>', `<body ${on}>`],
    ['<body className="a">', `<body className="a" ${on}>`],
    ['<body data-controller="nav">', '<body data-controller="nav turbo-streams">'],
    [`<body ${on}>`, `<body ${on}>`],
  ] as const) {
    it(`gets the controller: ${before}`, () => {
      const { files } = installed(app({ ...server, 'src/layout.tsx': page(before) }))
      assert.equal(files['src/layout.tsx'], page(after))
    })
  }

  it('is left to its author where the attributes are computed', () => {
    for (const body of ['<body className={name}>', '<body {...rest}>']) {
      const { files, plan } = installed(app({ ...server, 'src/layout.jsx': page(body) }))
      assert.equal(files['src/layout.jsx'], page(body))
      assert.match(plan.instructions.join(), /src\/layout\.jsx: the attributes of its <body> are computed/)
    }
  })

  it('is told how its tags and its marker get into the page', () => {
    const { plan } = installed(app({ ...server, 'src/layout.jsx': page('<body>') }))
    assert.deepEqual(plan.instructions, [
      "src/layout.jsx: JSX escapes HTML, so add the tags where the page is sent:\n  res.send(html.replace('</head>', () => res.locals.turboCableTags() + '</head>'))",
    ])
    assert.match(
      plan.next,
      /^1\. in a component +<div hidden dangerouslySetInnerHTML=\{\{ __html: res\.locals\.turboStreamFrom\('counter'\) \}\} \/>\n/,
    )
  })
})
