// What a cable does, in numbers, for Prometheus. The counts follow from its events, from the first question on; what there is now
// is looked up at each question.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { CableEvents } from '../diagnostics'
import type { Hub } from '../hub/hub'
import { needed } from '../options/installed'
import { counters } from './counters'

type Prometheus = typeof import('prom-client')
type Registry = InstanceType<Prometheus['Registry']>

/** The `Content-Type` of the text. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

// How often the event loop is looked at, ms.
const tick = 10

/** The metrics of one cable. */
export class Metrics {
  readonly #hub: Hub
  #registry: Registry | undefined
  readonly #undo: (() => void)[] = []

  constructor(hub: Hub) {
    this.#hub = hub
  }

  /**
   * All metrics in the text format of Prometheus. The first call begins to count.
   * @throws TurboCableError TURBO_CABLE_NOT_INSTALLED without `prom-client`
   */
  async text(): Promise<string> {
    this.#registry ??= this.#begin(needed<Prometheus>('prom-client', 'cable.metrics()'))
    return this.#registry.metrics()
  }

  /** Counts no more. */
  stop(): void {
    for (const undo of this.#undo.splice(0)) undo()
  }

  #begin(prometheus: Prometheus): Registry {
    const registry = new prometheus.Registry()
    this.#gauges(prometheus, registry)
    if (this.#hub.closed) return registry
    for (const [name, count] of Object.entries(counters(prometheus, registry))) {
      // Each of the counters takes the event of its own channel.
      const counted = count as (event: CableEvents[keyof CableEvents]) => void
      this.#listen(name as keyof CableEvents, counted)
    }
    return registry
  }

  #listen(name: keyof CableEvents, count: (event: CableEvents[keyof CableEvents]) => void): void {
    const take = (message: unknown) => {
      const event = message as CableEvents[keyof CableEvents]
      if (event.cable === this.#hub.id) count(event)
    }
    subscribe(name, take)
    this.#undo.push(() => unsubscribe(name, take))
  }

  #gauges({ Gauge }: Prometheus, registry: Registry): void {
    const hub = this.#hub
    const registers = [registry]
    const delay = monitorEventLoopDelay({ resolution: tick })
    delay.enable()
    this.#undo.push(() => delay.disable())
    new Gauge({
      name: 'turbo_cable_connections',
      help: 'Connections now, by protocol.',
      labelNames: ['protocol'],
      registers,
      collect() {
        this.reset()
        for (const { wire } of hub.connections) this.inc({ protocol: wire })
      },
    })
    const now = (name: string, help: string, value: () => number) =>
      new Gauge({
        name: `turbo_cable_${name}`,
        help,
        registers,
        collect() {
          this.set(value())
        },
      })
    now('connections_limit', 'The option limits.connections.', () => hub.limits.connections)
    now('subscriptions', 'Subscriptions now.', () => hub.stats().subscriptions)
    now('streams', 'Streams that have subscribers now.', () => hub.stats().streams)
    now('engine_up', '1 while broadcasts can be taken, else 0.', () => (hub.watch.state === 'up' ? 1 : 0))
    new Gauge({
      name: 'turbo_cable_event_loop_delay_seconds',
      help: 'How late the event loop was since the last scrape.',
      labelNames: ['quantile'],
      registers,
      collect() {
        for (const percentile of [50, 99, 100]) {
          this.set({ quantile: String(percentile / 100) }, lateness(delay, percentile))
        }
        // A reset forgets the tick that the next one is measured from, so two questions close together would see nothing.
        if (delay.count > 0) delay.reset()
      },
    })
  }
}

// In seconds. What Node measures is the time between two ticks.
function lateness(delay: ReturnType<typeof monitorEventLoopDelay>, percentile: number): number {
  return delay.count > 0 ? Math.max(0, delay.percentile(percentile) / 1e9 - tick / 1e3) : 0
}
