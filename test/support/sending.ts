// Doubles and real parts that the tests of the sending side share: a publisher that remembers, folders of views, servers to POST to.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Broadcast, Publisher } from '../../src/publisher/publisher.ts'
import { listen, shut } from './http-server.ts'

/**
 * The defaults of the process. A test that imports this CommonJS module by `import` gets a copy of its own from tsx; required,
 * it is the one that the rest of the package has.
 */
export const defaults = createRequire(import.meta.url)(
  '../../src/process/defaults.ts',
) as typeof import('../../src/process/defaults.ts')

export interface Recorded extends Publisher {
  readonly broadcasts: Broadcast[]
}

/** A publisher that takes everything and remembers it. */
export function recorder(): Recorded {
  const broadcasts: Broadcast[] = []
  return {
    broadcasts,
    async publish(given) {
      broadcasts.push(...given)
    },
  }
}

/** A folder with these files, gone after the test. */
export function folder(t: TestContext, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'turbo-cable-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

export interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** A real server that remembers what it was sent and answers as told; its URL ends in /_broadcast. */
export async function broadcastServer(
  t: TestContext,
  answer: RequestListener = (_request, response) => response.end('OK'),
) {
  const received: Received[] = []
  const sockets = new Set<unknown>()
  const server = createServer(async (request, response) => {
    sockets.add(request.socket)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method, url, headers } = request
    received.push({ method, url, headers, body: JSON.parse(String(Buffer.concat(chunks))) })
    answer(request, response)
  })
  const port = await listen(server)
  t.after(() => shut(server))
  return { received, sockets, port, url: `http://127.0.0.1:${port}/_broadcast` }
}
