// The lines for an app with helmet, whose policy forbids the inline import map.

import { cspSources } from '../src/view/csp'
import type { Draft, Files } from './draft'
import { callTag } from './layouts'
import type { View } from './views'

/** Prints both ways to allow the import map, unless the app has gone one of them. */
export function planHelmet(files: Files, pages: readonly View[], draft: Draft): void {
  const { scriptSrc } = cspSources()
  const hash = scriptSrc.at(-1) ?? ''
  const done = /turboCableTags\W{0,4}nonce|\.csp\(/
  if ([...files.values()].some((text) => done.test(text) || text.includes(hash))) return
  const page = pages.find(({ language }) => language !== 'html')
  const argument = page?.language === 'hbs' ? 'nonce=nonce' : '{ nonce }'
  const call = page ? callTag(page.language, 'turboCableTags', argument, page.source) : 'turboCableTags({ nonce })'
  draft.instruct(`helmet forbids inline scripts, and the import map is one. Allow it in one of two ways (docs/csp.md):
  by its hash, which cable.csp() returns; turboCableTags() stays as it is:
    const cable = turboCable()
    app.use(cable)
    app.use(helmet({ contentSecurityPolicy: { directives: cable.csp() } }))
  which is scriptSrc: [${scriptSrc.map((source) => `"${source}"`).join(', ')}]
  or by a nonce, before helmet:
    app.use((req, res, next) => { res.locals.nonce = crypto.randomUUID(); next() })
    app.use(helmet({ contentSecurityPolicy: { directives: { scriptSrc: ["'self'", (req, res) => \`'nonce-\${res.locals.nonce}'\`] } } }))
  and in the layout:
    ${call}`)
}
