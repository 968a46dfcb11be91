// The README's quick start, followed as written with the packed package; only the port is another, so that it is free.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../support/http-server.ts'
import { readProjectFile } from '../support/project-files.ts'
import { run } from '../support/run.ts'
import { cleanEnvironment, inEmptyFolder, pack, received, whileListening } from './consumer.ts'
import { readQuickStart } from './quick-start.ts'

test('the quick start of the README works as written', () =>
  inEmptyFolder(async (folder) => {
    const port = await freePort()
    const { files, preparation, server, afterwards } = readQuickStart(
      readProjectFile('README.md').replaceAll('3000', `${port}`),
    )
    assert.ok(preparation.length > 0, 'no command installs the package')
    assert.ok(afterwards.length > 0, 'no command broadcasts from a terminal')

    const { tarball } = await pack(folder)
    const app = join(folder, 'app')
    await mkdir(app)
    for (const command of preparation) await shell(command.replace(/(?<=install .*)\bturbo-cable\b/, tarball), app)
    for (const { path, text } of files) await write(join(app, path), text)

    await whileListening(app, ['sh', '-c', `exec ${server}`], port, (origin) =>
      assertQuickStart(origin, app, afterwards),
    )
  }))

/** The page shows its markers, and what the commands broadcast arrives at each of their streams' subscribers. */
async function assertQuickStart(origin: string, app: string, commands: string[]): Promise<void> {
  const page = await (await fetch(origin)).text()
  const stream = /data-turbo-stream="true" data-streams="([^",]+)/.exec(page)?.[1]
  assert.ok(stream, `no marker in the page:\n${page}`)
  assert.match(page, /<script type="importmap"/)
  const message = await received(origin, stream, async () => {
    for (const command of commands) await shell(command, app)
  })
  assert.match(JSON.stringify(message), /<turbo-stream /)
}

async function shell(command: string, folder: string): Promise<void> {
  const env = { ...cleanEnvironment(), npm_config_prefer_offline: 'true' }
  const { code, output } = await run('sh', ['-c', command], { cwd: folder, env })
  assert.equal(code, 0, `${command}\n${output}`)
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
