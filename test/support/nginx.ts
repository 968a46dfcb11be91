// A real nginx for one test: its own configuration, folder and port, and nothing left when it ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findBinary, missing } from '../../scripts/setup.mjs'

/** Starts nginx with one server whose body is `locations`, e.g. `location / { proxy_pass http://127.0.0.1:3000; }`. */
export async function withNginx(locations: string, run: (port: number) => Promise<void>): Promise<void> {
  const binary = findBinary('nginx')
  if (!binary) throw new Error(missing('nginx', 'nginx-light'))
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-nginx-'))
  let nginx: ChildProcess | undefined
  try {
    const started = await start(binary, folder, locations)
    nginx = started.nginx
    await run(started.port)
  } finally {
    if (nginx && nginx.exitCode === null) {
      const exit = once(nginx, 'exit')
      nginx.kill('SIGTERM')
      await exit
    }
    rmSync(folder, { recursive: true })
  }
}

// A port that was free a moment ago may be somebody's by now: then another one.
async function start(binary: string, folder: string, locations: string, tries = 5) {
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, configuration(folder, port, locations))
  const nginx = spawn(binary, ['-p', folder, '-c', file, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  for await (const line of createInterface({ input: nginx.stderr as NodeJS.ReadableStream })) {
    said.push(line)
    // Said once it listens, before it serves.
    if (/using the ".*" event method/.test(line)) {
      nginx.stderr?.resume()
      return { nginx, port }
    }
  }
  if (tries > 1 && said.some((line) => line.includes('Address already in use'))) {
    return start(binary, folder, locations, tries - 1)
  }
  throw new Error(`nginx did not start:\n${said.join('\n')}`)
}

const configuration = (folder: string, port: number, locations: string) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr notice;
events { worker_connections 64; }
http {
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${folder}/${kind};`).join('\n')}
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen 127.0.0.1:${port};
${locations}
  }
}
`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
