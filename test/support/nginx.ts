// A real nginx for one test: its own configuration, folder and port, and nothing left when it ends.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBinary, missing, PROXIES } from '../../scripts/setup.mjs'
import { freePort } from './http-server.ts'
import { Program } from './program.ts'

/** Starts nginx with one server whose body is `locations`, e.g. `location / { proxy_pass http://127.0.0.1:3000; }`. */
export function withNginx(locations: string, run: (port: number) => Promise<void>): Promise<void> {
  return withNginxHttp(
    (port) => `
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen 127.0.0.1:${port};
${locations}
  }`,
    run,
  )
}

/** Starts nginx with all of its `http` block written by `http`, for the port that it is given. */
export async function withNginxHttp(
  http: (port: number) => string,
  run: (port: number) => Promise<void>,
): Promise<void> {
  const binary = findBinary('nginx')
  if (!binary) throw new Error(missing('nginx', PROXIES.nginx))
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-nginx-'))
  let nginx: Program | undefined
  try {
    const started = await start(binary, folder, http)
    nginx = started.nginx
    await run(started.port)
  } finally {
    await nginx?.end('SIGTERM')
    rmSync(folder, { recursive: true })
  }
}

// A port that was free a moment ago may be somebody's by now: then another one.
async function start(binary: string, folder: string, http: (port: number) => string, tries = 5) {
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, configuration(folder, http(port)))
  const nginx = new Program(binary, ['-p', folder, '-c', file, '-e', 'stderr'], { reads: 'stderr' })
  try {
    // Said once it listens, before it serves.
    await nginx.matching(/using the ".*" event method/)
    return { nginx, port }
  } catch (error) {
    if (tries > 1 && String(error).includes('Address already in use')) return start(binary, folder, http, tries - 1)
    throw error
  }
}

const configuration = (folder: string, http: string) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr notice;
events { worker_connections 64; }
http {
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${folder}/${kind};`).join('\n')}
${http}
}
`
