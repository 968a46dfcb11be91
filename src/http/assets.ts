// Serves the files of the browser: this package's own client, and the installed @hotwired/turbo and @hotwired/stimulus. Only files
// of a fixed list are served, so that no path in a request reaches the file system.

import { existsSync, readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import send from 'send'

/** Serves the file of this name, with its type and an ETag. Returns false, and does nothing, if there is no such file. */
export function serveAsset(name: string, request: IncomingMessage, response: ServerResponse): boolean {
  files ??= findFiles()
  const file = files.get(name)
  if (file === undefined) return false
  response.setHeader('X-Content-Type-Options', 'nosniff')
  send(request, file, { dotfiles: 'allow' }).pipe(response)
  return true
}

let files: Map<string, string> | undefined

function findFiles(): Map<string, string> {
  const found = new Map<string, string>()
  const client = join(packageRoot(__dirname), 'dist', 'client')
  const built = existsSync(client) ? readdirSync(client) : []
  for (const name of built) if (name.endsWith('.js')) found.set(name, join(client, name))
  // Neither package exports its ES module by a path, but both keep it beside their main file.
  found.set('turbo.js', beside('@hotwired/turbo', 'turbo.es2017-esm.js'))
  found.set('stimulus.js', beside('@hotwired/stimulus', 'stimulus.js'))
  return found
}

function beside(module: string, name: string): string {
  return join(dirname(require.resolve(module, { paths: [__dirname, process.cwd()] })), name)
}

function packageRoot(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : packageRoot(dirname(directory))
}
