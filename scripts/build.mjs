// Builds dist/: the server (CommonJS and its ESM wrapper), the generators, and the browser's files with their types.
// A build is made aside and then put in place, so that builds at the same time, and tests that read dist/ during one, agree.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDependencies, root } from './setup.mjs'
import { runScript, step } from './step.mjs'

const dist = join(root, 'dist')
const SWAP_TRIES = 20

/** Builds everything into dist/. */
export async function build() {
  const { buildClient } = await import('./build-client.mjs')
  const cache = join(root, 'node_modules', '.cache', 'turbo-cable')
  mkdirSync(cache, { recursive: true })
  const aside = mkdtempSync(join(cache, 'build-'))
  const fresh = join(aside, 'dist')
  try {
    // The comments go where editors read them, into the declarations alone: in the code too, they would be a fifth of the package.
    await compile('the server', '.', fresh, '--declaration', 'false', '--removeComments')
    await compile('its types', '.', fresh, '--emitDeclarationOnly')
    await compile('the client', 'client', join(fresh, 'client'))
    await buildClient({ outdir: join(fresh, 'client') })
    // The package is CommonJS by default; this makes the browser's files ES modules for Node and bundlers too.
    writeFileSync(join(fresh, 'client', 'package.json'), '{ "type": "module" }\n')
    chmodSync(join(fresh, 'src', 'cli', 'main.js'), 0o755)
    if (!sameTree(fresh, dist)) putInPlace(fresh, aside)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

function compile(what, project, outDir, ...flags) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  return step(`Compiling ${what}`, process.execPath, [tsc, '-p', project, '--outDir', outDir, ...flags], { cwd: root })
}

/** Renames `fresh` to dist/. Another build may do the same at the same moment: the last one wins. */
function putInPlace(fresh, aside) {
  for (let tries = 1; ; tries += 1) {
    if (existsSync(dist)) renameIfThere(dist, join(aside, `replaced-${tries}`))
    try {
      renameSync(fresh, dist)
      return
    } catch (error) {
      if (tries === SWAP_TRIES || !['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) throw error
    }
  }
}

function renameIfThere(from, to) {
  try {
    renameSync(from, to)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

function sameTree(a, b) {
  if (!existsSync(b)) return false
  const files = filesBelow(a)
  if (files.join() !== filesBelow(b).join()) return false
  return files.every((file) => readFileSync(join(a, file)).equals(readFileSync(join(b, file))))
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort()
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    await ensureDependencies()
    await build()
  })
}
