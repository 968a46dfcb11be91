// Bundles the browser's half into dist/client. The types beside it come from `tsc -p client`.

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

// Properties that only the client itself reads, and that nothing of the browser, of Turbo or of the wire is called: they may be short.
const internal =
  /^(listeners|waiting|pending|rejected|confirmed|deliver|notify|moved|seen|lacks|lacking|advance|rewind|wanted|counts|answered|unchanged)$/

const root = fileURLToPath(new URL('..', import.meta.url))

/** Builds `index.js`, `turbo_streams_controller.js` and `start.js`, and resolves to the paths written. */
export async function buildClient({ outdir = `${root}dist/client` } = {}) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['client/index.ts', 'client/turbo_streams_controller.ts', 'client/start.ts'],
    outdir,
    format: 'esm',
    target: 'es2022',
    bundle: true,
    minify: true,
    mangleProps: internal,
    // Both others import the index by its name, so that all share one connection, and no file has a name that changes.
    external: ['@hotwired/*', './index.js'],
    metafile: true,
    logLevel: 'warning',
  })
  return Object.keys(metafile.outputs)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await buildClient()).join('\n'))
