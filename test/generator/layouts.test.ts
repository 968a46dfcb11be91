// The controller on the body and the tags in the head, in every template language.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plan } from '../../generators/plan.ts'
import { createCsp } from '../../src/view/csp.ts'
import { createTurboCableTags } from '../../src/view/tags.ts'
import { app, installed, installedFile } from './app.ts'

const server = { 'app.js': "require('turbo-cable').turboCable()\nconst { turboCable } = require('turbo-cable')\n" }
const on = 'data-controller="turbo-streams"'

type Row = [title: string, path: string, before: string, after: string]

const bodies: Row[] = [
  ['a plain tag', 'views/a.ejs', '<head></head><body>', `<head><%- turboCableTags() %></head><body ${on}>`],
  [
    'other controllers',
    'views/a.ejs',
    "<BODY data-controller='nav menu'>",
    "<BODY data-controller='nav menu turbo-streams'>",
  ],
  [
    'an unquoted controller',
    'views/a.ejs',
    '<body data-controller=nav id=x>',
    '<body data-controller="nav turbo-streams" id=x>',
  ],
  ['an empty controller', 'views/a.ejs', '<body data-controller>', `<body ${on}>`],
  [
    'a computed controller',
    'views/a.ejs',
    '<body data-controller="<%= a > b ? "x" : \'y\' %>">',
    '<body data-controller="<%= a > b ? "x" : \'y\' %> turbo-streams">',
  ],
  [
    'expressions in values',
    'views/a.ejs',
    '<body class="<%= a > 1 ? "x" : "y" %>">',
    `<body class="<%= a > 1 ? "x" : "y" %>" ${on}>`,
  ],
  ['single quotes', 'views/a.ejs', "<body class='x'>", "<body class='x' data-controller='turbo-streams'>"],
  [
    'a conditional attribute',
    'views/a.ejs',
    '<body <% if (a) { %>class="x"<% } %>>',
    `<body ${on} <% if (a) { %>class="x"<% } %>>`,
  ],
  [
    'attributes on lines of their own',
    'views/a.ejs',
    '<body\r\n  class="x"\r\n  id="y"\r\n>',
    `<body\r\n  class="x"\r\n  id="y"\r\n  ${on}\r\n>`,
  ],
  [
    'a value that speaks of controllers',
    'views/a.ejs',
    '<body title="data-controller=\'a\' >">',
    `<body title="data-controller='a' >" ${on}>`,
  ],
  [
    'both branches',
    'views/a.ejs',
    '<% if (a) { %><body class="a"><% } else { %><body><% } %>',
    `<% if (a) { %><body class="a" ${on}><% } else { %><body ${on}><% } %>`,
  ],
  [
    'not comments, scripts and strings',
    'views/a.ejs',
    '<!-- <body> --><%# <body> %><script>"<body>"</script><body>',
    `<!-- <body> --><%# <body> %><script>"<body>"</script><body ${on}>`,
  ],
  [
    'Handlebars',
    'views/a.hbs',
    '{{!-- <body> --}}<body class="{{page}}">',
    `{{!-- <body> --}}<body class="{{page}}" ${on}>`,
  ],
  [
    'Nunjucks',
    'views/a.njk',
    '{# <body> #}<body class="{% block page %}{% endblock %}">',
    `{# <body> #}<body class="{% block page %}{% endblock %}" ${on}>`,
  ],
  ['Eta', 'views/a.eta', '<body class="<%= it.page %>">', `<body class="<%= it.page %>" ${on}>`],
  ['Pug', 'views/a.pug', 'html\n  body\n    p', `html\n  body(${on})\n    p`],
  ['Pug with selectors', 'views/a.pug', 'body#top.home.wide', `body#top.home.wide(${on})`],
  [
    'Pug with attributes',
    'views/a.pug',
    "body.x(class='y' id=fn(')'))",
    "body.x(class='y' id=fn(')'), data-controller='turbo-streams')",
  ],
  [
    'Pug with attributes on lines',
    'views/a.pug',
    'body(\n  class="y",\n  id="x"\n)\n',
    `body(\n  class="y",\n  id="x",\n  ${on}\n)\n`,
  ],
  [
    'Pug with other controllers',
    'views/a.pug',
    "body(data-controller='nav', id='x')",
    "body(data-controller='nav turbo-streams', id='x')",
  ],
  [
    'Pug, not its comments and text blocks',
    'views/a.pug',
    '//-\n  body\nscript.\n  body\np.\n  body\nbody\n',
    `//-\n  body\nscript.\n  body\np.\n  body\nbody(${on})\n`,
  ],
]

const heads: Row[] = [
  [
    'EJS',
    'views/a.ejs',
    '<html>\n  <head>\n    <title>a</title>\n  </head>\n  <body>\n',
    '    <%- turboCableTags() %>\n  </head>',
  ],
  [
    'CRLF',
    'views/a.ejs',
    '<head>\r\n\t<title>a</title>\r\n</head>\r\n<body>',
    '\r\n\t<%- turboCableTags() %>\r\n</head>',
  ],
  ['an empty head', 'views/a.ejs', '<head>\n</head>\n<body>', '<head>\n  <%- turboCableTags() %>\n</head>'],
  ['no head', 'views/a.ejs', '<body>\n\t<p>\n</body>', `<body ${on}>\n\t<%- turboCableTags() %>\n\t<p>`],
  ['Handlebars', 'views/a.hbs', '<head>\n</head>\n<body>', '  {{{turboCableTags}}}\n</head>'],
  ['Nunjucks', 'views/a.njk', '<head>\n</head>\n<body>', '  {{ turboCableTags() | safe }}\n</head>'],
  ['Eta', 'views/a.eta', '<head>\n</head>\n<body class="<%= it.x %>">', '  <%~ it.turboCableTags() %>\n</head>'],
  [
    'Eta with its variables in scope',
    'views/a.eta',
    '<head>\n</head>\n<body class="<%= x %>">',
    '  <%~ turboCableTags() %>\n</head>',
  ],
  [
    'Pug',
    'views/a.pug',
    'html\n  head\n    title a\n    script.\n      let a\n\n  body',
    '      let a\n    != turboCableTags()\n\n  body',
  ],
  ['Pug with tabs and an empty head', 'views/a.pug', 'html\n\thead\n\tbody', 'head\n\t\t!= turboCableTags()\n\tbody'],
  ['Pug without a head', 'views/a.pug', 'html\n  body.a\n    p', `body.a(${on})\n    != turboCableTags()\n    p`],
  [
    'before the first module',
    'views/a.ejs',
    '<head>\n  <link rel="modulepreload" href="/a.js">\n  <script type="module" src="/a.js"></script>\n</head>\n<body>',
    '<head>\n  <%- turboCableTags() %>\n  <link',
  ],
  [
    'before the first module in Pug',
    'views/a.pug',
    'head\n  title a\n  script(type="module" src="/a.js")\nbody',
    'title a\n  != turboCableTags()\n  script',
  ],
]

describe('the body', () => {
  for (const [title, path, before, after] of bodies) {
    it(`gets the controller: ${title}`, () => {
      // The tags are another table's: a partial that holds them keeps this one to the body.
      const result = installedFile(
        app({ ...server, [path]: before, ...(title === 'a plain tag' ? {} : { 'views/_tags.ejs': 'turboCableTags' }) }),
        path,
      )
      assert.equal(result, after)
    })
  }

  for (const [path, source] of [
    ['views/a.ejs', '<body <%- attributes %>>'],
    ['views/a.ejs', '<body data-controller=<%= a %>>'],
    ['views/a.ejs', '<body data-controller=<%= a %> class="b">'],
    ['views/a.ejs', '<body <% if (a) { %>data-controller="x"<% } %>>'],
    ['views/a.hbs', '<body {{{attributes}}}>'],
    ['views/a.pug', 'body(data-controller=names)'],
    ['views/a.pug', "body(data-controller='a' + b)"],
  ] as const) {
    it(`is left to its author where it is computed: ${source}`, () => {
      const { files, plan } = installed(app({ ...server, [path]: source, 'views/_tags.ejs': 'turboCableTags' }))
      assert.equal(files[path], source)
      assert.match(plan.instructions.join(), /computed/)
    })
  }
})

describe('the head', () => {
  for (const [title, path, before, part] of heads) {
    it(`gets the tags: ${title}`, () => {
      const result = installedFile(app({ ...server, [path]: before }), path) ?? ''
      assert.ok(result.includes(part), `${JSON.stringify(result)} has ${JSON.stringify(part)}`)
      assert.equal(result.split('turboCableTags').length, 2)
    })
  }

  it('is left to its author where the page loads Turbo itself', () => {
    const source = '<head><script type="module">import "https://cdn.example/@hotwired/turbo"</script></head><body>'
    const { files, plan } = installed(app({ ...server, 'views/a.ejs': source }))
    assert.equal(files['views/a.ejs'], source.replace('<body>', `<body ${on}>`))
    assert.match(plan.instructions.join(), /loads Turbo or sets an import map itself/)
  })

  it('gets the same text in a static page as turboCableTags() prints', () => {
    const result =
      installedFile(app({ ...server, 'public/index.html': '<head>\n</head>\n<body>' }), 'public/index.html') ?? ''
    const tags = createTurboCableTags(() => '/cable')()
    assert.equal(result, `<head>\n  ${tags.replace('\n', '\n  ')}\n</head>\n<body ${on}>`)
  })
})

describe('layouts in parts', () => {
  it('takes the header that opens the body, and its own head', () => {
    const { files, plan } = installed(
      app({
        ...server,
        'views/index.ejs': "<%- include('partials/header') %>\n<h1>a</h1>\n<%- include('partials/footer') %>\n",
        'views/partials/header.ejs': '<html>\n<head>\n  <title>a</title>\n</head>\n<body>\n',
        'views/partials/footer.ejs': '</body>\n</html>\n',
      }),
    )
    assert.deepEqual(
      plan.edits.map(({ path }) => path),
      ['views/partials/header.ejs'],
    )
    assert.equal(
      files['views/partials/header.ejs'],
      `<html>\n<head>\n  <title>a</title>\n  <%- turboCableTags() %>\n</head>\n<body ${on}>\n`,
    )
  })

  it('puts the tags once into a head that several pages take in', () => {
    const page = "<html>\n<%- include('partials/head', { title: 'a' }) %>\n<body>\n"
    const { files } = installed(
      app({
        ...server,
        'views/a.ejs': page,
        'views/b.ejs': page,
        'views/partials/head.ejs': '<head>\n  <title>a</title>\n</head>\n',
      }),
    )
    assert.equal(files['views/a.ejs'], page.replace('<body>', `<body ${on}>`))
    assert.equal(files['views/partials/head.ejs'], '<head>\n  <title>a</title>\n  <%- turboCableTags() %>\n</head>\n')
  })

  it('follows parts that stand beside each other, in the old form of EJS, in Handlebars and in Pug', () => {
    const parts: Array<[string, string, string, string]> = [
      ['ejs', '<% include head %>\n<% include header %>\n', '<head>\n</head>\n', '<body>\n'],
      ['hbs', '{{> head}}\n{{> header}}\n', '<head>\n</head>\n', '<body>\n'],
      ['pug', 'html\n  include head\n  include header\n', 'head\n  title a\n', 'body\n  p\n'],
    ]
    for (const [extension, page, head, header] of parts) {
      const views = {
        [`views/a.${extension}`]: page,
        [`views/head.${extension}`]: head,
        [`views/header.${extension}`]: header,
      }
      const { files } = installed(app({ ...server, ...views }))
      assert.match(files[`views/head.${extension}`] ?? '', /turboCableTags/, extension)
      assert.doesNotMatch(files[`views/header.${extension}`] ?? '', /turboCableTags/, extension)
      assert.match(files[`views/header.${extension}`] ?? '', /turbo-streams/, extension)
    }
  })

  it('leaves tags that the author moved into a partial', () => {
    const { plan } = installed(
      app({
        ...server,
        'views/a.ejs': `<head>\n</head>\n<body ${on}>`,
        'views/tags.ejs': '<%- turboCableTags({ nonce }) %>',
      }),
    )
    assert.deepEqual(plan.edits, [])
  })

  it('leaves e-mails, pages of other tools, and static pages beside views', () => {
    const { plan } = installed(
      app({
        ...server,
        'views/layout.ejs': `<head><%- turboCableTags() %></head><body ${on}>`,
        'views/emails/welcome.ejs': '<body>',
        'views/docs.ejs': '<meta name="generator" content="typedoc"><body>',
        'public/404.html': '<body>',
      }),
    )
    assert.deepEqual(plan.edits, [])
    assert.deepEqual(
      plan.notes.filter(({ status }) => status === 'skipped').map(({ path }) => path),
      ['views/emails/welcome.ejs', 'views/docs.ejs'],
    )
  })

  it('reads a .html view in the language that its engine renders', () => {
    const { files } = installed(
      app({
        'app.js': "app.engine('html', require('ejs').renderFile)\nconst { turboCable } = require('turbo-cable')\n",
        'views/a.html': '<head></head><body>',
      }),
    )
    assert.equal(files['views/a.html'], `<head><%- turboCableTags() %></head><body ${on}>`)
  })

  it('tells what to write where there is no view, or one in an unknown language', () => {
    assert.match(installed(app(server)).plan.instructions.join(), /No view with a <body> was found/)
    assert.match(
      installed(app({ ...server, 'views/a.twig': '<body>' })).plan.instructions.join(),
      /views\/a\.twig: add data-controller/,
    )
  })

  // With 100,000 of these the time was a minute and more as long as each of them was looked for to the end of the file.
  for (const unit of [
    '<body ',
    '<body "x\n',
    '<script ',
    '<script>',
    '<script></script ',
    '<%',
    '{{',
    '<head ',
    'body\n',
  ]) {
    it(`reads 100,000 times ${JSON.stringify(unit)} in a moment`, { timeout: 60_000 }, () => {
      const files = ['ejs', 'hbs', 'njk', 'html', 'pug'].map((type) => [`views/a.${type}`, unit.repeat(100_000)])
      const start = performance.now()
      plan(app({ ...server, ...Object.fromEntries(files) }))
      assert.ok(performance.now() - start < 10_000)
    })
  }

  it('leaves a great many static pages to their author', () => {
    const pages = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`public/${index}.html`, '<body>']))
    const { plan } = installed(app({ ...server, ...pages }))
    assert.deepEqual(plan.edits, [])
    assert.match(plan.instructions.join(), /21 static pages were found/)
  })

  it('prints the lines for helmet, until one of the ways is there', () => {
    const { plan } = installed(
      app({ ...server, 'views/a.ejs': '<body>' }, { dependencies: { express: '5', helmet: '8' } }),
    )
    const [text = ''] = plan.instructions
    const { scriptSrc } = createCsp(() => '/cable')()
    assert.ok(text.includes(`scriptSrc: ["${scriptSrc.join('", "')}"]`))
    assert.ok(text.includes('\n    app.use(helmet({ contentSecurityPolicy: { directives: cable.csp() } }))\n'))
    assert.ok(text.endsWith('\n    <%- turboCableTags({ nonce }) %>'))
    for (const done of [
      { 'views/a.ejs': `<%- turboCableTags({ nonce }) %><body ${on}>` },
      { 'views/a.ejs': `<%- turboCableTags() %><body ${on}>`, 'policy.js': 'helmet({ directives: cable.csp() })' },
    ]) {
      const given = app({ ...server, ...done }, { dependencies: { express: '5', helmet: '8' } })
      assert.deepEqual(installed(given).plan.instructions, [])
    }
  })
})
