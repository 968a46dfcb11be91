// Rendering partials with real Express apps, 5 and 4, and with real engines.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import express5 from 'express'
import express4 from 'express4'
import hbs from 'hbs'
import nunjucks from 'nunjucks'
import { expressRenderer } from '../../../src/render/express.ts'
import { partialCandidates } from '../../../src/render/partial.ts'
import type { Renderer } from '../../../src/render/renderer.ts'
import { viewsRenderer } from '../../../src/render/views.ts'
import { folder } from '../../support/sending.ts'

type Files = Record<string, string>
type House = (t: TestContext, engine: string, files: Files, locals?: Record<string, unknown>) => Renderer

function express(create: typeof express5): House {
  return (t, engine, files, locals = {}) => {
    const app = create()
    app.set('views', folder(t, files))
    app.set('view engine', engine)
    if (engine === 'hbs') app.engine('hbs', hbs.create().__express)
    Object.assign(app.locals, locals)
    return expressRenderer(app)
  }
}

const houses: Record<string, House> = {
  'Express 5': express(express5),
  'Express 4': express(express4 as typeof express5),
  'viewsRenderer()': (t, viewEngine, files, locals) => viewsRenderer({ views: folder(t, files), viewEngine, locals }),
}

const engines: [string, string, string][] = [
  ['ejs', '<p><%= site %> <%= message.body %></p>', '<p>T &lt;b&gt;</p>'],
  ['pug', 'p= site + " " + message.body', '<p>T &lt;b&gt;</p>'],
  ['hbs', '<p>{{site}} {{message.body}}</p>', '<p>T &lt;b&gt;</p>'],
]

const locals = { message: { body: '<b>' } }

for (const [house, start] of Object.entries(houses)) {
  for (const [engine, template, expected] of engines) {
    test(`${house} with ${engine}: a partial sees its locals and the app's`, async (t) => {
      const renderer = start(t, engine, { [`messages/_message.${engine}`]: template }, { site: 'T' })
      assert.equal(await renderer.render('messages/message', locals), expected)
      assert.equal(await renderer.render('messages/_message', locals), expected)
    })

    test(`${house} with ${engine}: a template that throws is a failure with the partial's name and the cause`, async (t) => {
      const broken = { ejs: '<% throw new TypeError("oops") %>', pug: '- throw new TypeError("oops")', hbs: '{{#if}}' }
      const renderer = start(t, engine, {
        [`a/_b.${engine}`]: broken[engine as keyof typeof broken],
        [`a/b.${engine}`]: 'x',
      })
      await assert.rejects(renderer.render('a/b', {}), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'TURBO_CABLE_RENDER_FAILED')
        assert.match(error.message, /^The partial "a\/b" failed to render: [\s\S]*(oops|#if|Parse error)/)
        assert.ok(error.cause instanceof Error)
        return true
      })
    })
  }

  test(`${house}: the view without an underscore is the second choice`, async (t) => {
    const renderer = start(t, 'ejs', { 'a/_b.ejs': 'first', 'a/b.ejs': 'second', 'a/c.ejs': 'only', 'd.ejs': 'root' })
    assert.equal(await renderer.render('a/b', {}), 'first')
    assert.equal(await renderer.render('a/c', {}), 'only')
    assert.equal(await renderer.render('d', {}), 'root')
  })

  test(`${house}: a missing partial names what was tried`, async (t) => {
    const renderer = start(t, 'ejs', { 'a/b.ejs': 'x' })
    await assert.rejects(renderer.render('a/x', {}), {
      code: 'TURBO_CABLE_PARTIAL_MISSING',
      message: /^Cannot find the partial "a\/x": tried "a\/_x" and "a\/x" in "\/.+"$/,
    })
    await assert.rejects(renderer.render('a/_b', {}), {
      code: 'TURBO_CABLE_PARTIAL_MISSING',
      message: /^Cannot find the partial "a\/_b": tried "a\/_b" in "\/.+"$/,
    })
  })

  test(`${house}: an include that is missing inside a partial is a failure of the partial`, async (t) => {
    const renderer = start(t, 'ejs', { 'a/_b.ejs': "<%- include('nowhere') %>", 'a/b.ejs': 'not this' })
    await assert.rejects(renderer.render('a/b', {}), { code: 'TURBO_CABLE_RENDER_FAILED', message: /nowhere/ })
  })

  test(`${house}: a layout is not put around a partial`, async (t) => {
    const renderer = start(t, 'hbs', { 'layout.hbs': '<html>{{{body}}}</html>', '_card.hbs': '<i>card</i>' })
    assert.equal(await renderer.render('card', {}), '<i>card</i>')
    assert.equal(await renderer.render('card', { layout: 'layout' }), '<html><i>card</i></html>')
  })

  test(`${house}: the locals given are left as they were`, async (t) => {
    const renderer = start(t, 'ejs', { '_a.ejs': '<% locals.x = 2 %><%= x %>' })
    const given = Object.freeze({ x: 1 })
    await renderer.render('a', given)
    assert.deepEqual(given, { x: 1 })
  })
}

test('a view that is missing inside a view of Express is a failure of the outer one', async (t) => {
  for (const create of [express5, express4 as typeof express5]) {
    const app = create()
    app.set('views', folder(t, { '_outer.x': '', 'outer.x': '' }))
    app.set('view engine', 'x')
    app.engine('x', (_path, _options, callback) => app.render('inner', callback))
    await assert.rejects(expressRenderer(app).render('outer', {}), {
      code: 'TURBO_CABLE_RENDER_FAILED',
      message: /Failed to lookup view "inner"/,
    })
  }
})

test('an app without a view engine is a failure with the reason', async () => {
  await assert.rejects(expressRenderer(express5()).render('a', {}), {
    code: 'TURBO_CABLE_RENDER_FAILED',
    message: /No default engine was specified/,
  })
})

test('what is not text is a failure', async (t) => {
  const app = express5()
  app.set('views', folder(t, { '_a.x': '' }))
  app.engine('x', (_path, _options, callback) => callback(null, undefined))
  app.set('view engine', 'x')
  await assert.rejects(expressRenderer(app).render('a', {}), /the view engine gave undefined instead of a string/)
})

test('a partial may stand in any of several folders, the first one wins', async (t) => {
  const views = [folder(t, { '_a.ejs': 'one' }), folder(t, { '_a.ejs': 'two', '_b.ejs': 'two' })]
  const renderer = viewsRenderer({ views, viewEngine: '.ejs' })
  assert.equal(await renderer.render('a', {}), 'one')
  assert.equal(await renderer.render('b', {}), 'two')
  assert.equal(await renderer.render('b.ejs', {}), 'two')
})

test('an engine may be a function that calls back or returns a promise', async (t) => {
  const views = folder(t, { '_a.txt': '' })
  const calls = viewsRenderer({ views, extension: 'txt', viewEngine: (_path, _locals, done) => done(null, 'called') })
  assert.equal(await calls.render('a', {}), 'called')
  const promises = viewsRenderer({
    views,
    extension: '.txt',
    viewEngine: async (path, { n }) => `${path === join(views, '_a.txt')} ${n}`,
  })
  assert.equal(await promises.render('a', { n: 1 }), 'true 1')
  const rejects = viewsRenderer({ views, extension: 'txt', viewEngine: () => Promise.reject(new Error('oops')) })
  await assert.rejects(rejects.render('a', {}), { code: 'TURBO_CABLE_RENDER_FAILED' })
})

test('an engine that is missing, or none at all, is refused at once', () => {
  const bad = { code: 'TURBO_CABLE_BAD_OPTION' }
  assert.throws(() => viewsRenderer({ views: 'views', viewEngine: 'no-such-engine' }), bad)
  assert.throws(() => viewsRenderer({ views: 'views', viewEngine: 'ms' }), bad)
  assert.throws(() => viewsRenderer({ views: 'views', viewEngine: undefined as never }), bad)
  assert.throws(() => viewsRenderer({ views: 'views', viewEngine: () => undefined }), bad)
  for (const views of ['', [], [''], undefined]) {
    assert.throws(() => viewsRenderer({ views: views as never, viewEngine: 'ejs' }), bad)
  }
})

test('a name with an underscore is looked for as it is', () => {
  assert.deepEqual(partialCandidates('a/b'), ['a/_b', 'a/b'])
  assert.deepEqual(partialCandidates('_a/b'), ['_a/_b', '_a/b'])
  assert.deepEqual(partialCandidates('a/_b'), ['a/_b'])
  assert.deepEqual(partialCandidates('b'), ['_b', 'b'])
})

test('Nunjucks, which looks for its views itself: the second choice, what is missing, and what is missing inside', async (t) => {
  const app = express5()
  const files = { 'a/b.njk': 'second', 'a/_broken.njk': "{% include 'a/_x.njk' %}", 'a/broken.njk': 'not this' }
  nunjucks.configure(folder(t, files), { autoescape: true, express: app })
  app.set('view engine', 'njk')
  const renderer = expressRenderer(app)
  assert.equal(await renderer.render('a/b', {}), 'second')
  await assert.rejects(renderer.render('a/x', {}), {
    code: 'TURBO_CABLE_PARTIAL_MISSING',
    message: /"a\/_x" and "a\/x"/,
  })
  await assert.rejects(renderer.render('a/broken', {}), { code: 'TURBO_CABLE_RENDER_FAILED', message: /a\/_x\.njk/ })
})
