// What an app without a bundler puts in its head, byte for byte.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTurboCableTags, type TagsOptions } from '../../../src/view/tags.ts'

const tags = (options?: TagsOptions, url = '/cable') => createTurboCableTags(() => url)(options)

describe('turboCableTags', () => {
  it('is an import map and a script', () =>
    assert.equal(
      tags(),
      '<script type="importmap">{"imports":{"@hotwired/turbo":"/cable/turbo.js","@hotwired/stimulus":"/cable/stimulus.js",' +
        '"turbo-cable/client":"/cable/start.js","turbo-cable/stimulus":"/cable/start.js"}}</script>\n' +
        '<script type="module" src="/cable/start.js"></script>',
    ))

  it('puts the nonce in both scripts, escaped', () => {
    assert.equal(tags({ nonce: 'n' }).split(' nonce="n"').length, 3)
    assert.equal(tags({ nonce: '"><x' }).split(' nonce="&quot;&gt;&lt;x"').length, 3)
  })

  it('names the URL where it is not /cable, below the mount or as it is given', () => {
    assert.match(tags({}, '/app/cable'), /^<meta name="action-cable-url" content="\/app\/cable">\n<script/)
    assert.match(
      tags({ url: '/prefix/cable' }),
      /content="\/prefix\/cable".*"\/prefix\/cable\/turbo\.js".* src="\/prefix\/cable\/start\.js"/s,
    )
  })

  it('lets no URL out of the import map or of an attribute', () => {
    const text = tags({ url: '/"</script><script>x' })
    assert.equal(text.split('</script>').length, 3)
    assert.ok(!text.includes('<script>x'))
  })

  it('takes its options from Handlebars too', () =>
    assert.equal(tags({ hash: { nonce: 'n' } } as TagsOptions), tags({ nonce: 'n' })))
})
