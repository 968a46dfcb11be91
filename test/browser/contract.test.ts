// What Turbo promises of a stream message, held for what this package sends and draws: one page in a real browser, many cases.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { turboStream } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { ContractPage } from './contract-page.ts'

const contract = new ContractPage()
const { cable } = contract
let browser: Browser
before(async () => {
  browser = await launchBrowser()
  await contract.open(browser)
})
after(async () => {
  await contract.close()
  await browser.close()
})

interface StreamElement extends Element {
  readonly targetElements: readonly Element[]
  readonly templateContent: DocumentFragment
}

interface TurboWindow {
  Turbo: {
    StreamActions: Record<string, (this: StreamElement) => void>
    fetch(url: string): Promise<Response>
    visit(url: string): void
  }
}

const to = 'contract'
const list = '<ul id="list"><li id="a">1</li><li id="b">2</li></ul>'
const rows = '<p class="row">1</p><p class="row">2</p>'

type Case = readonly [title: string, stage: string, send: () => Promise<unknown>, expected: string]

const cases: Case[] = [
  [
    'append adds to the end',
    list,
    () => cable.broadcastAppendTo(to, { target: 'list', html: '<li id="c">3</li>' }),
    '<ul id="list"><li id="a">1</li><li id="b">2</li><li id="c">3</li></ul>',
  ],
  [
    'prepend adds to the start',
    list,
    () => cable.broadcastPrependTo(to, { target: 'list', html: '<li id="c">3</li>' }),
    '<ul id="list"><li id="c">3</li><li id="a">1</li><li id="b">2</li></ul>',
  ],
  [
    'before and after add beside the target',
    list,
    async () => {
      await cable.broadcastBeforeTo(to, { target: 'b', html: '<li>x</li>' })
      await cable.broadcastAfterTo(to, { target: 'b', text: '<y>' })
    },
    '<ul id="list"><li id="a">1</li><li>x</li><li id="b">2</li>&lt;y&gt;</ul>',
  ],
  [
    'replace takes every root of the content, text too',
    list,
    () => cable.broadcastReplaceTo(to, { target: 'a', html: 'text<li>x</li><li>y</li>' }),
    '<ul id="list">text<li>x</li><li>y</li><li id="b">2</li></ul>',
  ],
  ['update may empty', list, () => cable.broadcastUpdateTo(to, { target: 'list', html: '' }), '<ul id="list"></ul>'],
  [
    'remove takes the target away',
    list,
    () => cable.broadcastRemoveTo(to, { target: 'a' }),
    '<ul id="list"><li id="b">2</li></ul>',
  ],
  [
    'no whitespace comes with the content',
    '<pre id="pre">a</pre>',
    () => cable.broadcastAppendTo(to, { target: 'pre', text: 'b' }),
    '<pre id="pre">ab</pre>',
  ],
  [
    'targets are all that a selector finds, each with content of its own',
    rows,
    () => cable.broadcastUpdateTo(to, { targets: '.row', html: '<b>x</b>' }),
    '<p class="row"><b>x</b></p><p class="row"><b>x</b></p>',
  ],
  [
    'target goes before targets',
    `${list}${rows}`,
    () => contract.raw('<turbo-stream action="remove" target="list" targets=".row"></turbo-stream>'),
    rows,
  ],
  ['a target that is not there is no error', list, () => cable.broadcastRemoveTo(to, { target: 'nowhere' }), list],
  [
    'what is appended replaces a child with its id, and is last',
    list,
    () => cable.broadcastAppendTo(to, { target: 'list', html: '<li id="a">new</li>' }),
    '<ul id="list"><li id="b">2</li><li id="a">new</li></ul>',
  ],
  [
    'what is prepended replaces a child with its id, and is first',
    list,
    () => cable.broadcastPrependTo(to, { target: 'list', html: '<li id="b">new</li>' }),
    '<ul id="list"><li id="b">new</li><li id="a">1</li></ul>',
  ],
  [
    'what is put beside the target replaces a sibling with its id',
    list,
    () => cable.broadcastAfterTo(to, { target: 'b', html: '<li id="a">new</li>' }),
    '<ul id="list"><li id="b">2</li><li id="a">new</li></ul>',
  ],
  [
    'an id deeper in is no duplicate',
    '<div id="box"><p><i id="x">1</i></p></div>',
    () => cable.broadcastAppendTo(to, { target: 'box', html: '<i id="x">2</i>' }),
    '<div id="box"><p><i id="x">1</i></p><i id="x">2</i></div>',
  ],
  [
    'a form with a field called id is known by its own id',
    '<div id="box"><form id="f"><input name="id" value="1"></form></div>',
    () => cable.broadcastAppendTo(to, { target: 'box', html: '<form id="f"><input name="id" value="2"></form>' }),
    '<div id="box"><form id="f"><input name="id" value="2"></form></div>',
  ],
  [
    'several streams of one message run in their order, and what stands between them is nobody’s',
    list,
    () =>
      contract.raw(
        `\n ${turboStream.append('list', { html: '<li id="c">3</li>' })} text <p>stray</p>\n${turboStream.remove('a')}${turboStream.update('c', { text: '4' })}\n`,
      ),
    '<ul id="list"><li id="b">2</li><li id="c">4</li></ul>',
  ],
  [
    'a message of two markers of one stream is applied once',
    '<ul id="list"></ul>',
    () => cable.broadcastAppendTo(to, { target: 'list', html: '<li>1</li>' }),
    '<ul id="list"><li>1</li></ul>',
  ],
  ['data is not drawn', list, () => cable.broadcastJson(to, 0.5), list],
  [
    'update of a permanent element acts, and so does remove',
    '<p id="p" data-turbo-permanent>1</p><p id="q" data-turbo-permanent>1</p>',
    async () => {
      await cable.broadcastUpdateTo(to, { target: 'p', text: '2' })
      await cable.broadcastRemoveTo(to, { target: 'q' })
    },
    '<p id="p" data-turbo-permanent="">2</p>',
  ],
  [
    'a permanent element that comes again is the one there was',
    '<p id="p" data-turbo-permanent>1</p>',
    () => cable.broadcastReplaceTo(to, { target: 'p', html: '<p id="p" data-turbo-permanent>2</p>' }),
    '<p id="p" data-turbo-permanent="">1</p>',
  ],
]

for (const [title, stage, send, expected] of cases) {
  test(title, async () => {
    await contract.stage(stage)
    assert.equal(await contract.drawn(send), expected)
    assert.deepEqual(contract.complaints, [])
    await nothingBeside()
  })
}

const failing: [title: string, stream: string, complaint: RegExp][] = [
  [
    'an unknown action',
    '<turbo-stream action="fly" target="list"><template></template></turbo-stream>',
    /unknown action/,
  ],
  ['no action', '<turbo-stream target="list"><template></template></turbo-stream>', /action attribute is missing/],
  [
    'no target',
    '<turbo-stream action="append"><template>x</template></turbo-stream>',
    /target or targets attribute is missing/,
  ],
  ['a selector that is none', '<turbo-stream action="remove" targets="##"></turbo-stream>', /not a valid selector/],
]
for (const [title, stream, complaint] of failing) {
  test(`a stream with ${title} is an error in the console, and those after it run`, async () => {
    await contract.stage(list)
    const drawn = await contract.drawn(() => contract.raw(stream + turboStream.remove('a')))
    assert.equal(drawn, '<ul id="list"><li id="b">2</li></ul>')
    assert.equal(contract.complaints.length, 1)
    assert.match(contract.complaints[0] ?? '', complaint)
    await nothingBeside()
  })
}

test('a stream without a template costs its own message, and no other', async () => {
  await contract.stage(list)
  const drawn = await contract.drawn(async () => {
    await contract.raw('<turbo-stream action="append" target="list"><p></p></turbo-stream>')
    await cable.broadcastRemoveTo(to, { target: 'a' })
  })
  assert.equal(drawn, '<ul id="list"><li id="b">2</li></ul>')
  assert.equal(contract.complaints.length, 1)
  await nothingBeside()
})

test('a morph keeps the elements that stay, with what the page knows of them', async () => {
  await contract.stage('<form id="f"><input id="i"><p id="p">1</p></form>')
  await contract.page.evaluate(() => {
    for (const id of ['f', 'i', 'p']) Object.assign(document.getElementById(id) ?? {}, { marked: id })
    for (const type of ['turbo:before-morph-element', 'turbo:before-morph-attribute', 'turbo:morph-element'] as const) {
      document.getElementById('p')?.addEventListener(type, () => window.notes.push(type))
    }
  })
  const html = '<form id="f"><input id="i"><p id="p" class="new">2</p></form>'
  const drawn = await contract.drawn(() => cable.broadcastReplaceTo(to, { target: 'f', method: 'morph', html }))
  assert.equal(drawn, html)
  const kept = () =>
    contract.page.evaluate(() =>
      ['f', 'i', 'p'].map((id) => (document.getElementById(id) as (Element & { marked?: string }) | null)?.marked),
    )
  assert.deepEqual(await kept(), ['f', 'i', 'p'])
  assert.deepEqual(
    [...new Set(await contract.notes())],
    ['turbo:before-morph-element', 'turbo:before-morph-attribute', 'turbo:morph-element'],
  )

  const inner = '<input id="i"><p id="p" class="new">3</p>'
  await contract.drawn(() => cable.broadcastUpdateTo(to, { target: 'f', method: 'morph', html: inner }))
  assert.deepEqual(await kept(), ['f', 'i', 'p'])
})

test('an action of the page’s own gets its attributes, with targets and without', async () => {
  await contract.stage(rows)
  await contract.page.evaluate(() => {
    const { StreamActions } = (window as unknown as TurboWindow).Turbo
    StreamActions.tint = function () {
      window.notes.push(this.getAttribute('color') ?? '')
      for (const element of this.targetElements) element.className = 'tinted'
    }
    StreamActions.note = function () {
      window.notes.push(this.templateContent.textContent ?? '')
    }
  })
  const drawn = await contract.drawn(async () => {
    await cable.broadcastActionTo(to, { action: 'tint', targets: '.row', attributes: { color: 'a"b' } })
    await cable.broadcastActionTo(to, { action: 'note', text: '<hi>' })
  })
  assert.equal(drawn, '<p class="tinted">1</p><p class="tinted">2</p>')
  assert.deepEqual(await contract.notes(), ['a"b', '<hi>'])
  assert.deepEqual(contract.complaints, [])
})

test('turbo:before-stream-render comes for all streams of a message before the first is drawn; it can drop one, or draw it', async () => {
  await contract.stage(list)
  await contract.page.evaluate(() => {
    const { signal } = Object.assign(window, { heard: new AbortController() }).heard
    document.addEventListener(
      'turbo:before-stream-render',
      (event) => {
        const { target, detail } = event as CustomEvent & { target: Element }
        const action = target.getAttribute('action')
        window.notes.push(`${action} ${document.querySelectorAll('#list li').length}`)
        window.notes.push(`${detail.newStream === target} ${event.bubbles}`)
        if (action === 'remove') event.preventDefault()
        if (action !== 'update') return
        const { render } = detail
        detail.render = async (stream: StreamElement) => {
          await render(stream)
          document.querySelector('#b')?.append('!')
        }
      },
      { signal },
    )
  })
  const drawn = await contract.drawn(() =>
    contract.raw(
      turboStream.append('list', { html: '<li>3</li>' }) +
        turboStream.remove('a') +
        turboStream.update('b', { text: 'x' }),
    ),
  )
  assert.equal(drawn, '<ul id="list"><li id="a">1</li><li id="b">x!</li><li>3</li></ul>')
  await contract.page.evaluate(() => (window as unknown as { heard: AbortController }).heard.abort())
  assert.deepEqual(await contract.notes(), ['append 2', 'true true', 'remove 2', 'true true', 'update 2', 'true true'])
})

test('a script in the content runs, once; with data-turbo-eval="false" it does not', async () => {
  await contract.stage('<div id="box"></div>')
  const script = (attribute: string, text: string) => `<script${attribute}>window.notes.push('${text}')</script>`
  await contract.drawn(async () => {
    await cable.broadcastAppendTo(to, { target: 'box', html: script('', 'append') })
    await cable.broadcastUpdateTo(to, { target: 'box', html: script('', 'update') })
    await cable.broadcastAppendTo(to, { target: 'box', html: script(' data-turbo-eval="false"', 'inert') })
  })
  assert.deepEqual(await contract.notes(), ['append', 'update'])
})

test('a stream element that comes as content of another acts too', async () => {
  await contract.stage(list)
  await contract.drawn(() => cable.broadcastAppendTo(to, { target: 'list', html: turboStream.remove('a') }))
  await contract.page.waitForFunction(() => !document.querySelector('#a, #list turbo-stream'))
})

test('a field with the focus has it again when it is replaced; autofocus takes it where nobody has it', async () => {
  await contract.stage('<input id="one"><div id="box"></div>')
  await contract.page.focus('#one')
  // Turbo looks after the focus once the page has been painted.
  const focused = () =>
    contract.page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      return document.activeElement?.id
    })
  await contract.drawn(() => cable.broadcastReplaceTo(to, { target: 'one', html: '<input id="one" class="new">' }))
  assert.equal(await focused(), 'one')
  await contract.drawn(() => cable.broadcastUpdateTo(to, { target: 'box', html: '<input id="two" autofocus>' }))
  assert.equal(await focused(), 'one')
  await contract.drawn(() => cable.broadcastRemoveTo(to, { target: 'one' }))
  assert.equal(await focused(), '')
  await contract.drawn(() => cable.broadcastUpdateTo(to, { target: 'box', html: '<input id="three" autofocus>' }))
  assert.equal(await focused(), 'three')
})

test('a stream response to a form is drawn, whatever its status', async () => {
  await contract.stage('<ul id="list"></ul><form method="post" action="/form"><button>Send</button></form>')
  await contract.page.click('button')
  await contract.page.locator('#list > li', { hasText: 'sent' }).waitFor()
  assert.deepEqual(contract.requests, ['POST /form'])
})

test('a refresh makes the page ask again, once for several that come together', async () => {
  await contract.stage('<p id="p"></p>')
  await contract.drawn(async () => {
    await cable.broadcastRefreshTo(to)
    await cable.broadcastRefreshTo(to, { requestId: 'somebody-else' })
  })
  await refreshed()
  assert.deepEqual(await contract.notes(), ['turbo:visit', 'turbo:render'])
  assert.deepEqual(contract.requests, ['GET /'])
})

test('method="morph" makes it a morph, which leaves the page’s elements in place', async () => {
  await contract.stage('')
  await contract.page.evaluate(() => Object.assign(document.querySelector('#stage') ?? {}, { marked: true }))
  await contract.drawn(() => cable.broadcastRefreshTo(to, { method: 'morph', scroll: 'preserve' }))
  await refreshed()
  assert.deepEqual(await contract.notes(), ['turbo:visit', 'turbo:morph', 'turbo:render'])
  assert.equal(await contract.page.evaluate(() => 'marked' in (document.querySelector('#stage') ?? {})), true)
})

test('a refresh that this tab has caused is not for it', async () => {
  const requestId = await ownRequest()
  await contract.stage('')
  await contract.drawn(() => cable.broadcastRefreshTo(to, { requestId }))
  await debounced()
  assert.deepEqual(await contract.notes(), [])
})

test('a refresh of somebody else’s is not lost when one of this tab’s own comes right after it', async () => {
  const requestId = await ownRequest()
  await contract.stage('')
  await contract.drawn(async () => {
    await cable.broadcastRefreshTo(to, { requestId: 'somebody-else' })
    await cable.broadcastRefreshTo(to, { requestId })
  })
  await refreshed()
  assert.deepEqual(contract.requests, ['GET /'])
})

test('a refresh does not get in the way of a visit', async () => {
  await contract.stage('')
  await contract.drawn(() => cable.broadcastRefreshTo(to))
  await contract.page.evaluate(() => (window as unknown as TurboWindow).Turbo.visit('/elsewhere'))
  await contract.page.waitForFunction(() => document.title === '/elsewhere')
  await debounced()
  assert.deepEqual(await contract.notes(), ['turbo:visit', 'turbo:render'])
  assert.deepEqual(contract.requests, ['GET /elsewhere'])
})

/** Makes a request of Turbo's, and gives the id that it had. */
async function ownRequest(): Promise<string> {
  await contract.page.evaluate(async () => {
    await (await (window as unknown as TurboWindow).Turbo.fetch('/own')).text()
  })
  assert.notEqual(contract.requestId, '')
  return contract.requestId
}

async function refreshed(): Promise<void> {
  await contract.page.waitForFunction(() => window.notes.includes('turbo:render'), null, { timeout: 5_000 })
  await debounced()
}

/** Waits until Turbo has decided about every refresh that was drawn: a timer that is set later, and longer, fires later. */
function debounced(): Promise<unknown> {
  return contract.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)))
}

/** Stream elements leave when the page is painted; nothing else was to be left behind them. */
async function nothingBeside(): Promise<void> {
  await contract.page.waitForFunction(() => !document.querySelector('html > turbo-stream'))
  const left = await contract.page.evaluate(() => {
    const nodes = [...document.documentElement.childNodes]
    return nodes
      .slice(nodes.indexOf(document.body) + 1)
      .map(({ nodeName, textContent }) => `${nodeName} ${textContent}`)
  })
  assert.deepEqual(left, [], 'after <body> there is nothing')
}
