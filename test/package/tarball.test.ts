// The tarball itself: what is in it, how big it is, and what the field's own checkers say of its entries and types.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { after, before, test } from 'node:test'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { readProjectFile } from '../support/project-files.ts'
import { root } from '../support/run.ts'
import { type Packed, pack } from './consumer.ts'

// The pages of docs/, the declarations with their words, and the inspector's page are in it.
const PACKED_BYTES = 480_000
const TOP_FILES = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json']

let folder: string
let packed: Packed

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turbo-cable-tarball-'))
  packed = await pack(folder)
})
after(() => rm(folder, { recursive: true }))

test('the package holds what was built and what a reader needs, and nothing else', () => {
  const expected =
    /^(?:dist\/(?:src|client|generators)\/.+\.(?:js|mjs|d\.ts|d\.mts)|dist\/client\/package\.json|generators\/templates\/.+|docs\/(?:coming-from\/)?[a-z.-]+\.md)$/
  assert.deepEqual(
    packed.files.filter((file) => !file.includes('/')),
    TOP_FILES,
  )
  assert.deepEqual(
    packed.files.filter((file) => file.includes('/') && !expected.test(file)),
    [],
  )
})

test('every link of the README and of docs/ leads to a file of the package, or is a whole URL', () => {
  const pages = packed.files.filter((file) => file === 'README.md' || file.startsWith('docs/'))
  const links = pages.flatMap((page) => linksOf(readProjectFile(page)).map((link) => ({ page, link })))
  assert.ok(links.length > 0, 'no link was read')
  assert.deepEqual(
    links
      .filter(({ link }) => !/^(?:https?:|#)/.test(link))
      .filter(({ page, link }) => !packed.files.includes(posix.join(posix.dirname(page), link.replace(/#.*/, ''))))
      .map(({ page, link }) => `${page} links to ${link}`),
    [],
  )
})

test('every entry and every command is in the package', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const targets = [manifest.main, manifest.types, ...leaves(manifest.exports), ...leaves(manifest.bin)]
  assert.deepEqual(
    targets.map((path) => path.replace(/^\.\//, '')).filter((path) => !packed.files.includes(path)),
    [],
  )
})

test(`the packed package is no larger than ${PACKED_BYTES} bytes`, () => {
  assert.ok(packed.size <= PACKED_BYTES, `${packed.size} bytes`)
})

test('publint has nothing to say', async () => {
  const bytes = await readFile(packed.tarball)
  const { messages, pkg } = await publint({ pack: { tarball: asArrayBuffer(bytes) }, strict: true })
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg, { color: false })),
    [],
  )
})

test('types resolve as code does, and only the browser’s files are for ES modules alone', async () => {
  const report = await checkPackage(createPackageFromTarballData(await readFile(packed.tarball)))
  assert.ok(report.types, 'no types were found')
  assert.deepEqual(
    report.problems.map((problem) =>
      'entrypoint' in problem ? `${problem.kind} ${problem.entrypoint} ${problem.resolutionKind}` : problem,
    ),
    ['CJSResolvesToESM ./client node16-cjs', 'CJSResolvesToESM ./stimulus node16-cjs'],
  )
})

/** Where the links of a Markdown text lead: those in the text, those by reference, those in HTML; not those in code. */
function linksOf(markdown: string): string[] {
  const text = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
  return [...text.matchAll(/\]\(([^()\s]+)[^()]*\)|^\[[^\]]+\]:\s*(\S+)|\b(?:href|src)="([^"]*)"/gm)].map(
    ([, inText, byReference, inHtml]) => inText ?? byReference ?? inHtml ?? '',
  )
}

function leaves(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(value as object).flatMap(leaves)
}

function asArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
