// The counts and histograms, each with the event that moves it.

import type { CableEvents } from '../diagnostics'

type Prometheus = typeof import('prom-client')
type Registry = InstanceType<Prometheus['Registry']>

type Counters = { readonly [Name in keyof CableEvents]?: (event: CableEvents[Name]) => void }

/** What to do with the event of each channel. */
export function counters({ Counter, Histogram }: Prometheus, registry: Registry): Counters {
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `turbo_cable_${name}_total`, help, labelNames: [...labelNames], registers })
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `turbo_cable_${name}`, help, buckets, registers })

  const connected = counter('connected', 'Clients that were let in, by protocol.', ['protocol'])
  const disconnected = counter('disconnected', 'Connections that have ended, by reason.', ['reason'])
  const dropped = counter('dropped', 'Clients sent away because of what they cost, by reason.', ['reason'])
  const rejected = counter('rejected', 'Subscriptions that were refused or taken back, by reason.', ['reason'])
  const refused = counter('refused', 'Requests refused at the door, by door and HTTP status.', ['door', 'status'])
  const broadcasts = counter('broadcasts', 'Broadcasts that the engine has handed to this process.')
  const deliveries = counter('deliveries', 'Broadcasts written to a subscriber, replays not counted.')
  const delivered = counter('delivered_bytes', 'Bytes of these.')
  const delay = histogram(
    'delivery_seconds',
    'From publish() to the last socket.',
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  )
  const gaps = counter('gaps', 'Replays that could not be made: the page refreshes itself.')
  const replays = histogram('replay_messages', 'Messages in a replay.', [0, 1, 2, 5, 10, 25, 50, 100, 250, 1_000])
  const whispers = counter('whispers', 'Whispers that came to this process.')
  const lost = counter('engine_lost', 'Holes in the log of the engine: every client came back.')

  return {
    'turbo-cable:connected': ({ protocol }) => connected.inc({ protocol }),
    'turbo-cable:disconnected': ({ reason }) => disconnected.inc({ reason }),
    'turbo-cable:dropped': ({ reason }) => dropped.inc({ reason }),
    'turbo-cable:rejected': ({ reason }) => rejected.inc({ reason }),
    'turbo-cable:refused': ({ door, status }) => refused.inc({ door, status }),
    'turbo-cable:broadcast': ({ recipients, bytes, ms }) => {
      broadcasts.inc()
      deliveries.inc(recipients)
      delivered.inc(bytes)
      if (recipients > 0) delay.observe(ms / 1_000)
    },
    'turbo-cable:replayed': ({ recovered, messages }) => (recovered ? replays.observe(messages) : gaps.inc()),
    'turbo-cable:whisper': () => whispers.inc(),
    'turbo-cable:engine': ({ state }) => {
      if (state === 'lost') lost.inc()
    },
  }
}
