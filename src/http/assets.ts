// Serves the files of the browser: this package's own client, and the installed @hotwired/turbo and @hotwired/stimulus. Only files
// of a fixed list are served, so that no path in a request reaches the file system.

import { existsSync, readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import send from 'send'
import { warn } from '../log'
import { addCommand } from '../options/add-command'

/** Serves the file of this name, with its type and an ETag. Returns false, and does nothing, if there is no such file. */
export type ServeAsset = (name: string, request: IncomingMessage, response: ServerResponse) => boolean

/** Makes the server of the files. `locate` gives the main file of a package, and throws where that is not installed. */
export function assetServer(locate: (name: string) => string): ServeAsset {
  let files: ReadonlyMap<string, Asset> | undefined
  return (name, request, response) => {
    files ??= findFiles(locate)
    const file = files.get(name)
    if (file === undefined) return false
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (typeof file === 'string') inItsTurn(response, () => send(request, file, { dotfiles: 'allow' }).pipe(response))
    else sayMissing(file.missing, response)
    return true
  }
}

/** The server of the files that are installed. */
export const serveAsset = assetServer((name) => require.resolve(name, { paths: [__dirname, process.cwd()] }))

/** A file's path, or the package that would have it. */
type Asset = string | { readonly missing: string }

function findFiles(locate: (name: string) => string): Map<string, Asset> {
  // Neither package exports its ES module by a path, but both keep it beside their main file.
  const beside = (name: string, file: string): Asset => {
    try {
      return join(dirname(locate(name)), file)
    } catch {
      warn(`the pages of turboCableTags() need ${name}, which is not installed: ${installLine(name)}`)
      return { missing: name }
    }
  }
  const found = new Map<string, Asset>()
  const client = join(packageRoot(__dirname), 'dist', 'client', 'served')
  const built = existsSync(client) ? readdirSync(client) : []
  for (const name of built) if (name.endsWith('.js')) found.set(name, join(client, name))
  found.set('turbo.js', beside('@hotwired/turbo', 'turbo.es2017-esm.js'))
  found.set('stimulus.js', beside('@hotwired/stimulus', 'stimulus.js'))
  return found
}

// A response that waits behind others of its connection has no socket yet, and is not told when that ends: a file that was opened
// for it would never be closed.
function inItsTurn(response: ServerResponse, answer: () => void): void {
  if (response.socket) answer()
  else response.once('socket', answer)
}

function sayMissing(name: string, response: ServerResponse): void {
  response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(`${name} is not installed: ${installLine(name)}, and start the app again`)
}

// Yarn 1 brings no peers along, and neither does a package manager that was told not to.
function installLine(name: string): string {
  return `${addCommand((file) => existsSync(join(process.cwd(), file)), process.env)} ${name}`
}

function packageRoot(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : packageRoot(dirname(directory))
}
