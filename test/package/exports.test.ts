// The public names: exactly these, by every way in. A new name is added here on purpose or not at all.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import { run } from '../support/run.ts'
import { installApp } from './consumer.ts'

const ROOT_NAMES = [
  'Broadcastable',
  'TurboCableError',
  'broadcastActionLaterTo',
  'broadcastActionTo',
  'broadcastAfterLaterTo',
  'broadcastAfterTo',
  'broadcastAppendLaterTo',
  'broadcastAppendTo',
  'broadcastBeforeLaterTo',
  'broadcastBeforeTo',
  'broadcastJson',
  'broadcastPrependLaterTo',
  'broadcastPrependTo',
  'broadcastRefreshLaterTo',
  'broadcastRefreshTo',
  'broadcastRemoveTo',
  'broadcastRenderLaterTo',
  'broadcastRenderTo',
  'broadcastReplaceLaterTo',
  'broadcastReplaceTo',
  'broadcastStream',
  'broadcastStreamTo',
  'broadcastUpdateLaterTo',
  'broadcastUpdateTo',
  'committed',
  'configureBroadcasts',
  'cspMetaTag',
  'currentRequestId',
  'domId',
  'holdingBroadcasts',
  'mongooseHooks',
  'objectionHooks',
  'performBroadcast',
  'prismaHooks',
  'railsStreamKey',
  'sequelizeHooks',
  'streamName',
  'suppressingBroadcasts',
  'turboCable',
  'turboExemptsPageFromCacheTag',
  'turboExemptsPageFromPreviewTag',
  'turboFrameTag',
  'turboPageRequiresReloadTag',
  'turboPrefetchTag',
  'turboRefreshMethodTag',
  'turboRefreshScrollTag',
  'turboRefreshesWith',
  'turboRootTag',
  'turboStream',
  'turboViewTransitionTag',
  'withRequestId',
]

const CLIENT_NAMES = [
  'connectMarker',
  'connectionId',
  'disconnectMarker',
  'start',
  'stop',
  'subscribe',
  'watchMarkers',
  'whisper',
]

const TESTING_NAMES = [
  'allowHttp',
  'assertBroadcasts',
  'assertNoBroadcasts',
  'assertTurboFrame',
  'assertTurboStream',
  'captureBroadcasts',
  'connected',
  'immediateScheduler',
  'turboStreamHeaders',
]

let folder: string
let app: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turbo-cable-exports-'))
  app = await installApp(folder, 'esm')
})
after(() => rm(folder, { recursive: true }))

test("require('turbo-cable') has the public names", async () => {
  assert.deepEqual(await namesOf("Object.keys(require('turbo-cable'))"), ROOT_NAMES)
})

test("import 'turbo-cable' has the public names, and they are the same values", async () => {
  assert.deepEqual(await namesOf("import('turbo-cable').then(Object.keys)"), ROOT_NAMES)
  const differing =
    "import('turbo-cable').then(m => Object.keys(m).filter(name => m[name] !== require('turbo-cable')[name]))"
  assert.deepEqual(await namesOf(differing), [])
})

for (const host of ['fastify', 'koa', 'hono']) {
  test(`'turbo-cable/${host}' has its turboCable, required and imported the same`, async () => {
    assert.deepEqual(await namesOf(`Object.keys(require('turbo-cable/${host}'))`), ['turboCable'])
    assert.deepEqual(await namesOf(`import('turbo-cable/${host}').then(Object.keys)`), ['turboCable'])
    const differing = `import('turbo-cable/${host}').then(m => m.turboCable === require('turbo-cable/${host}').turboCable ? [] : ['turboCable'])`
    assert.deepEqual(await namesOf(differing), [])
  })
}

for (const [subpath, names] of [
  ['redis', ['actionCable', 'anycable', 'redisEngine', 'redisRelay']],
  ['nats', ['natsEngine']],
] as const) {
  test(`'turbo-cable/${subpath}' has ${names}, required and imported the same, and asks for no client`, async () => {
    assert.deepEqual(await namesOf(`Object.keys(require('turbo-cable/${subpath}'))`), names)
    assert.deepEqual(await namesOf(`import('turbo-cable/${subpath}').then(Object.keys)`), names)
    const differing = `import('turbo-cable/${subpath}').then(m => Object.keys(m).filter(name => m[name] !== require('turbo-cable/${subpath}')[name]))`
    assert.deepEqual(await namesOf(differing), [])
  })
}

for (const [engine, url, lacking] of [
  ['redis', 'redis://localhost', 'redis'],
  ['nats', 'nats://localhost', '@nats-io/transport-node'],
] as const) {
  test(`a ${engine} engine without a client is refused at once, and not taken for a server that is away`, async () => {
    const make = `import('turbo-cable/${engine}').then(m => m.${engine}Engine({ url: '${url}' })).catch(e => [e.message])`
    const [message = ''] = await namesOf(make)
    assert.ok(message.includes(`needs the package \`${lacking}\`, which is not installed: npm install`), message)
  })
}

test("'turbo-cable/bullmq' has its two functions, required and imported the same, and asks for no BullMQ", async () => {
  const names = ['bullmqProcessor', 'bullmqScheduler']
  assert.deepEqual(await namesOf("Object.keys(require('turbo-cable/bullmq'))"), names)
  assert.deepEqual(await namesOf("import('turbo-cable/bullmq').then(Object.keys)"), names)
  const differing =
    "import('turbo-cable/bullmq').then(m => m.bullmqScheduler === require('turbo-cable/bullmq').bullmqScheduler ? [] : ['it'])"
  assert.deepEqual(await namesOf(differing), [])
})

test("'turbo-cable/server' has its two functions, required and imported the same, and asks for no jose", async () => {
  const names = ['askApp', 'jwt']
  assert.deepEqual(await namesOf("Object.keys(require('turbo-cable/server'))"), names)
  assert.deepEqual(await namesOf("import('turbo-cable/server').then(Object.keys)"), names)
  const differing = "import('turbo-cable/server').then(m => m.jwt === require('turbo-cable/server').jwt ? [] : ['it'])"
  assert.deepEqual(await namesOf(differing), [])
})

test("'turbo-cable/testing' has its names, required and imported the same", async () => {
  assert.deepEqual(await namesOf("Object.keys(require('turbo-cable/testing'))"), TESTING_NAMES)
  assert.deepEqual(await namesOf("import('turbo-cable/testing').then(Object.keys)"), TESTING_NAMES)
  const differing =
    "import('turbo-cable/testing').then(m => Object.keys(m).filter(name => m[name] !== require('turbo-cable/testing')[name]))"
  assert.deepEqual(await namesOf(differing), [])
})

test("'turbo-cable/streams' has defineStream, required and imported, and nothing else comes with it", async () => {
  assert.deepEqual(await namesOf("Object.keys(require('turbo-cable/streams'))"), ['defineStream'])
  assert.deepEqual(await namesOf("import('turbo-cable/streams').then(Object.keys)"), ['defineStream'])
  assert.deepEqual(await browserNamesOf('turbo-cable/streams'), ['defineStream'])
})

test('the free verbs of the root send to the cable of a subpath, however either came in', async () => {
  const script = `import('turbo-cable/koa').then(async ({ turboCable }) => {
    const cable = turboCable()
    await require('turbo-cable').broadcastJson('s', 1)
    const { broadcasts } = cable.stats()
    await cable.close()
    return [String(broadcasts)]
  })`
  assert.deepEqual(await namesOf(script), ['1'])
})

test("import 'turbo-cable/client' has the client's public names", async () => {
  assert.deepEqual(await browserNamesOf('turbo-cable/client'), CLIENT_NAMES)
})

test("import 'turbo-cable/stimulus' has the controller", async () => {
  assert.deepEqual(await browserNamesOf('turbo-cable/stimulus'), ['TurboStreamsController'])
})

test('no inside file can be reached by a deep import', async () => {
  const { code, output } = await run(process.execPath, ['-e', "require('turbo-cable/dist/src/cable.js')"], { cwd: app })
  assert.equal(code, 1)
  assert.match(output, /ERR_PACKAGE_PATH_NOT_EXPORTED/)
})

/** The sorted names that `expression` evaluates to in a Node of the app. */
async function namesOf(expression: string): Promise<string[]> {
  const script = `Promise.resolve(${expression}).then(names => console.log(JSON.stringify(names.sort())))`
  const { code, stdout, output } = await run(process.execPath, ['--input-type=commonjs', '-e', script], { cwd: app })
  assert.equal(code, 0, output)
  return JSON.parse(stdout)
}

/** Read by a bundler, as the browser's files are: they need a page to run in. */
async function browserNamesOf(subpath: string): Promise<string[]> {
  const entry = join(app, 'entry.js')
  await writeFile(entry, `export * from '${subpath}'`)
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    write: false,
    metafile: true,
    outdir: app,
  })
  const names = Object.values(metafile.outputs).flatMap(({ exports }) => exports)
  return names.sort()
}
