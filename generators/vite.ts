// What the dev server of Vite has to pass on, where it serves the pages and Express runs beside it.

import { defaultPath } from '../src/options/limits'
import type { Draft, Files } from './draft'
import { isServerScript } from './server-app'

const config = /^vite\.config\.[cm]?[jt]s$/

/** Prints the proxy for vite.config, unless Vite runs within Express or passes the cable on already. */
export function planVite(files: Files, draft: Draft): void {
  const found = [...files].find(([path]) => config.test(path))
  const command = /"[\w:-]+"\s*:\s*"(?:[^"]*[;&|]\s*)?vite(?: dev| serve)?(?: --?[^"]*)?(?:\s*[;&|][^"]*)?"/
  const runsAlone = found !== undefined || command.test(files.get('package.json') ?? '')
  const server = [...files].filter(([path]) => isServerScript(path) && !config.test(path)).map(([, source]) => source)
  const within = server.some((source) => /\bmiddlewareMode\b|["']vite-express["']/.test(source))
  if (!runsAlone || within || found?.[1].includes(defaultPath)) return
  draft.instruct(
    `${found?.[0] ?? 'vite.config.js'}: the dev server of Vite passes the WebSocket on only if it is told to. Leave out /_broadcast:
  server: { proxy: { '${defaultPath}': { target: 'http://localhost:${portOf(server)}', ws: true } } }`,
  )
}

// Where the server listens, as far as its code shows it.
function portOf(sources: readonly string[]): string {
  for (const source of sources) {
    const port = /\bPORT\b\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b|\.listen\(\s*(\d{2,5})\b/.exec(source)
    if (port) return port[1] ?? port[2] ?? '3000'
  }
  return '3000'
}
