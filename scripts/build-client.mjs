// Bundles the browser's half into dist/client. The types beside it come from `tsc -p client`.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { minify } from 'terser'

// Properties that only the client itself reads, and that nothing of the browser, of Turbo or of the wire is called: they may be short.
const internal =
  /^(age|advance|answered|asked|begin|clock|confirm|confirmed|connected|copy|counts|cursors|deliver|events|gap|lacking|lacks|listeners|message|moved|notify|part|pending|reject|rejected|release|report|reset|rewind|root|seen|settle|show|subscribe|suspend|unchanged|waiting|wake|wanted|whisper|whispered)$/

const root = fileURLToPath(new URL('..', import.meta.url))

const common = {
  absWorkingDir: root,
  format: 'esm',
  target: 'es2022',
  bundle: true,
  minify: true,
  mangleProps: internal,
  write: false,
  logLevel: 'warning',
}

/**
 * Builds `index.js` and `turbo_streams_controller.js` for bundlers, and into `served` what the middleware serves to pages without one:
 * `start.js` with all of it, and apart, as `seldom.js`, what a page seldom needs; also what the inspector's page does. Resolves to the paths written.
 */
export async function buildClient({ outdir = `${root}dist/client` } = {}) {
  const forBundlers = build({
    ...common,
    outdir,
    entryPoints: ['client/index.ts', 'client/turbo_streams_controller.ts'],
    // The controller imports the index by its name, so that both share one connection.
    external: ['@hotwired/*', './index.js'],
  })
  const served = build({
    ...common,
    outdir: `${outdir}/served`,
    entryPoints: ['client/start.ts', 'client/seldom.ts', 'client/inspector.ts'],
    external: ['@hotwired/*'],
    plugins: [apart],
  })
  const built = (await Promise.all([forBundlers, served])).flatMap(({ outputFiles }) => outputFiles)
  for (const { path, text } of built) {
    // Its short names repeat more than those of esbuild do, so that the file compresses better by a twentieth.
    const options = {
      module: true,
      ecma: 2022,
      compress: { passes: 3, unsafe_arrows: true, lhs_constants: false, pure_getters: true },
    }
    const { code } = await minify(text, options)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, code)
  }
  return built.map(({ path }) => path)
}

// What is a file of its own is loaded as one.
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/load\.js$/ }, () => ({ path: `${root}client/load-served.ts` }))
  },
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await buildClient()).join('\n'))
