// Several hubs that share an engine, and those who load them: each a process.

import { join } from 'node:path'
import { root } from '../../scripts/setup.mjs'
import { Child } from './child.mjs'

const env = { NODE_ENV: 'production', DEBUG: '' }

function start(/** @type {string} */ script, config = {}, more = {}) {
  return new Child(join(root, 'bench', `${script}.mjs`), { flags: ['--expose-gc'], config, env: { ...env, ...more } })
}

/** Hubs with one engine; without a URL each has the memory engine, so that there may be only one. */
export class Fleet {
  hubs
  /** @type {Child<any>[]} */
  generators = []
  /** @type {{ port: number, postPort: number }[]} */
  #ports = []

  constructor(/** @type {number} */ processes, /** @type {string | undefined} */ url) {
    const more = url ? { TURBO_CABLE_ENGINE: url } : {}
    /** @type {Child<any>[]} */
    this.hubs = Array.from({ length: processes }, () => start('servers/turbo-cable', {}, more))
  }

  /** Waits for the hubs, and starts one generator for all of them, or one for each. */
  async ready({ generatorEach = false } = {}) {
    this.#ports = await Promise.all(this.hubs.map((hub) => hub.ask('ready')))
    const shares = generatorEach ? this.#ports.map((port) => [port]) : [this.#ports]
    this.generators = shares.map((ports) => start('generator/main', { wire: 'cursors', ports }))
    return this
  }

  /** What all hubs together have cost, in µs of CPU and bytes. */
  async usage({ settled = false } = {}) {
    const all = await Promise.all(this.hubs.map((hub) => hub.ask('usage', { settled })))
    const sum = (/** @type {'cpu' | 'rss' | 'heap' | 'external'} */ key) =>
      all.reduce((total, each) => total + each[key], 0)
    return { cpu: sum('cpu'), rss: sum('rss'), heap: sum('heap') + sum('external') }
  }

  async stop() {
    await Promise.all(this.generators.map((generator) => generator.end()))
    await Promise.all(this.hubs.map((hub) => hub.end()))
  }
}
