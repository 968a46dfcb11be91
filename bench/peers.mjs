// Who is measured: a server script, how its clients speak, and what is given to it.

import { join } from 'node:path'
import { findBinary, root } from '../scripts/setup.mjs'
import { benchSecret } from './generator/wires.mjs'
import { bunBinary } from './support/bun-binary.mjs'
import { Child } from './support/child.mjs'

/** In the order of the tables. Whatever is called turbo-cable has cursors and history on, as its own client uses it. */
export const peers = [
  { name: 'turbo-cable', script: 'turbo-cable', wire: 'cursors', title: 'turbo-cable' },
  {
    name: 'turbo-cable-plain',
    script: 'turbo-cable',
    wire: 'plain',
    title: 'turbo-cable without cursors and history',
    config: { options: { history: { size: 0 } } },
  },
  {
    name: 'turbo-cable-tokens',
    script: 'turbo-cable',
    wire: 'tokens',
    title: 'turbo-cable, a signed name for each subscriber',
    config: { options: { history: { size: 0 }, secret: benchSecret } },
  },
  {
    name: 'turbo-cable-express',
    script: 'turbo-cable',
    wire: 'cursors',
    title: 'turbo-cable in Express',
    config: { inExpress: true },
  },
  { name: 'ws-naive', script: 'ws-naive', wire: 'plain', title: 'ws, `client.send()`' },
  { name: 'ws-frame-once', script: 'ws-frame-once', wire: 'plain', title: 'ws, frame built once' },
  { name: 'socket.io', script: 'socket-io', wire: 'socket.io', title: 'socket.io' },
  { name: 'anycable-go', script: 'anycable-go', wire: 'anycable', title: 'anycable-go' },
  { name: 'bun', script: 'bun', wire: 'plain', title: "Bun's own publish" },
]

/** What the ratios are ratios of. */
export const baseline = 'ws-naive'

/** Writes and does nothing else: the generator's own bound. */
export const floor = { name: 'floor', script: 'floor', wire: 'plain', title: 'floor (only writes)' }

/** The peers that can run here, and why the others cannot. */
export function available(only, { socketIo }) {
  const wanted = peers.filter(({ name }) => only.length === 0 || only.includes(name))
  const why = (name) => {
    if (name === 'socket.io' && !socketIo) return 'is not installed'
    if (name === 'bun' && !bunBinary()) return 'is not installed'
    return name === 'anycable-go' && !findBinary(name) ? 'is not in the PATH' : undefined
  }
  return {
    present: wanted.filter(({ name }) => why(name) === undefined),
    absent: wanted.flatMap(({ name }) => (why(name) === undefined ? [] : [`${name} ${why(name)}`])),
  }
}

/** Variants of turbo-cable that are of interest where broadcasts are measured, and not where connections are. */
export const variants = ['turbo-cable-plain', 'turbo-cable-tokens', 'turbo-cable-express']

/** A server process, and a generator process for it. */
export async function startPair(peer, { profile } = {}) {
  const server = startServer(peer.script, peer.config, { profile })
  let generator
  try {
    const ports = await server.ask('ready')
    generator = start('generator/main', { wire: peer.wire, ...ports })
  } catch (error) {
    await server.end()
    throw error
  }
  return {
    ...peer,
    server,
    generator,
    async stop() {
      await generator.end()
      await server.end()
    },
  }
}

/** A server process alone. */
export function startServer(script, config, { profile } = {}) {
  return start(`servers/${script}`, config, profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [])
}

function start(script, config, flags = []) {
  return new Child(join(root, 'bench', `${script}.mjs`), {
    flags: ['--expose-gc', ...flags],
    config,
    env: { NODE_ENV: 'production', DEBUG: '' },
  })
}
