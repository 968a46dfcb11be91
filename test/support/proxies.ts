// The proxies of docs/hosting.md and docs/vite.md as they are: each with the block of its page, on this machine's own address.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findBinary, missing, PROXIES } from '../../scripts/setup.mjs'
import { docsProgram, linkPackages } from './docs.ts'
import { freePort } from './http-server.ts'
import { withNginxHttp } from './nginx.ts'
import { Program } from './program.ts'
import { root, run } from './run.ts'

type Serve = (port: number) => Promise<void>
type Edit = (block: string) => string

const asItIs: Edit = (block) => block

/** Each starts its proxy in front of `app`, a port, and has it gone when `serve` is done. `edit` may write another block. */
export const proxies: Record<string, (app: number, serve: Serve, edit?: Edit) => Promise<void>> = {
  nginx: (app, serve, edit = asItIs) =>
    withNginxHttp((port) => edit(block('nginx.conf', app)).replace('8080', `127.0.0.1:${port}`), serve),

  Apache: (app, serve, edit = asItIs) =>
    withProgram(serve, (folder, port) => {
      const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'headers']
      const text = `
ServerName localhost
ServerRoot ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
User www-data
Group www-data
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${edit(block('apache.conf', app)).replace('Listen 8080', `Listen 127.0.0.1:${port}`).replace('*:8080', `*:${port}`)}`
      return new Program(binary('apache2'), ['-DFOREGROUND', '-f', saved(folder, 'apache.conf', text)])
    }),

  Caddy: (app, serve, edit = asItIs) =>
    withProgram(serve, (folder, port) => {
      const text = `{\n\tadmin off\n}\n${edit(block('Caddyfile', app)).replace(':8080 {', `:${port} {\n\tbind 127.0.0.1`)}`
      const file = saved(folder, 'Caddyfile', text)
      const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
      return new Program(binary('caddy'), ['run', '--config', file, '--adapter', 'caddyfile'], { env })
    }),

  HAProxy: (app, serve, edit = asItIs) =>
    withProgram(serve, (folder, port) => {
      const file = saved(folder, 'haproxy.cfg', edit(block('haproxy.cfg', app)).replace(':8080', `127.0.0.1:${port}`))
      return new Program(binary('haproxy'), ['-db', '-f', file])
    }),

  Go: (app, serve) =>
    withProgram(serve, async (folder, port) => {
      const file = saved(folder, 'proxy.go', block('proxy.go', app).replace(':8080', `127.0.0.1:${port}`))
      const program = join(folder, 'proxy')
      const env = { ...process.env, GOTOOLCHAIN: 'local', GO111MODULE: 'off' }
      const { code, output } = await run(binary('go'), ['build', '-o', program, file], { env })
      if (code !== 0) throw new Error(output)
      return new Program(program, [])
    }),

  'http-proxy': (app, serve) =>
    withProgram(serve, (folder, port) => {
      linkPackages(folder, ['http-proxy'])
      const text = block('http-proxy.mjs', app).replace('listen(8080)', `listen(${port}, '127.0.0.1')`)
      return new Program(process.execPath, [saved(folder, 'http-proxy.mjs', text)])
    }),

  Vite: (app, serve) =>
    withProgram(serve, async (folder, port) => {
      linkPackages(folder, ['vite'])
      saved(folder, 'vite.config.js', block('vite.config.js', app, 'docs/vite.md'))
      const address = ['--port', String(port), '--strictPort', '--host', '127.0.0.1']
      const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
      const program = new Program(process.execPath, [vite, ...address], { cwd: folder })
      // It listens at the port and leaves it again before it does for good.
      await program.matching(/Local/)
      return program
    }),
}

const block = (file: string, app: number, page = 'docs/hosting.md') =>
  docsProgram(page, file).replace('127.0.0.1:3000', `127.0.0.1:${app}`)

function binary(name: keyof typeof PROXIES): string {
  const found = findBinary(name)
  if (!found) throw new Error(missing(name, PROXIES[name]))
  return found
}

function saved(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

async function withProgram(
  serve: Serve,
  start: (folder: string, port: number) => Program | Promise<Program>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-proxy-'))
  let program: Program | undefined
  try {
    const port = await freePort()
    program = await start(folder, port)
    await Promise.race([program.gone, listens(port)])
    await serve(port)
  } finally {
    await program?.end('SIGTERM')
    rmSync(folder, { recursive: true })
  }
}

/** Resolves once somebody listens at the port. The proxies have no common word for it, so this asks again and again. */
async function listens(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    })
    socket.destroy()
    if (open) return
    await delay(20)
  }
}
