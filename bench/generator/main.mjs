// The load generator, a process of its own per server: opens subscribers, posts broadcasts, counts what arrives. Where several
// servers are one hub, it has subscribers and connections for posts at each of them in turn.

import { setImmediate, setTimeout } from 'node:timers/promises'
import { answer, config } from '../support/child.mjs'
import { quantile } from '../support/statistics.mjs'
import { Client } from './client.mjs'
import { Poster, postRequest } from './poster.mjs'
import { Tally } from './tally.mjs'
import { wires } from './wires.mjs'

const { port, postPort, ports = [{ port, postPort }], wire: wireName } = config()
const wire = wires[wireName]
const tally = new Tally()
const clients = []
const patience = 60_000

process.on('disconnect', () => close({ count: clients.length }))
let expected
answer({ connect, close, throughput, latency, expect, last: () => expected, post })

/** Opens subscribers until there are `count`, `atOnce` at a time, each with the streams `name:0`, `name:1` … that are its own, or with `stream`. */
async function connect({ count, stream, streamsEach = 0, atOnce = 50 }) {
  const first = clients.length
  const start = performance.now()
  const open = async () => {
    while (clients.length < count) await opened(stream, streamsEach)
  }
  await Promise.all(Array.from({ length: atOnce }, open))
  const seconds = (performance.now() - start) / 1_000
  return { perSecond: (count - first) / seconds }
}

function opened(stream, streamsEach) {
  return new Promise((resolve, reject) => {
    const index = clients.length
    const own = Array.from({ length: streamsEach }, (_, n) => `${stream}:${index * streamsEach + n}`)
    const delegate = {
      delivered: (bytes, at) => tally.delivered(bytes, at),
      read: () => tally.read(),
      lost(why) {
        reject(new Error(why))
        tally.lost(why)
      },
    }
    const streams = streamsEach > 0 ? own : [stream]
    clients.push(new Client({ port: ports[index % ports.length].port, wire, streams, delegate }, resolve))
  })
}

/** Closes the last `count` subscribers. */
function close({ count }) {
  for (const client of clients.splice(-count)) client.close()
}

/** Posts for `seconds`, always with `inFlight` unanswered, and waits for every delivery. `each` is how many one post makes. */
async function throughput({ streams, inFlight, seconds, each, path = '/_broadcast' }) {
  const requests = streams.map((stream) => postRequest({ port: ports[0].postPort, path, stream }))
  const posters = await openPosters(inFlight)
  let posts = 0
  tally.start()
  const before = performance.eventLoopUtilization()
  const start = performance.now()
  const end = start + seconds * 1_000
  const postUntilTheEnd = async (poster) => {
    while (performance.now() < end) await poster.post(requests[posts++ % requests.length])
  }
  await Promise.all(posters.map(postUntilTheEnd))
  await tally.reach(posts * each, patience)
  const took = (performance.now() - start) / 1_000
  const { utilization: busy } = performance.eventLoopUtilization(before)
  for (const poster of posters) poster.close()
  const deliveries = posts * each
  return { posts, deliveries, perSecond: deliveries / took, postsPerSecond: posts / took, busy }
}

/** Posts `perSecond` whatever the answers do (open loop). A message's age counts from when it was due, not from when it was sent. */
async function latency({ stream, perSecond, seconds, each }) {
  const count = Math.round(perSecond * seconds)
  const posters = await openPosters(16)
  const idle = [...posters]
  const start = performance.now() + 20
  const due = Array.from({ length: count }, (_, n) => start + (n * 1_000) / perSecond)
  tally.start({ due, most: count * each })
  const answers = []
  for (const [sequence, time] of due.entries()) {
    const request = postRequest({ port: ports[0].postPort, path: '/_broadcast', stream }, sequence)
    await until(time)
    const poster = idle.pop() ?? newPoster(posters)
    answers.push(poster.post(request).then(() => idle.push(poster)))
  }
  await Promise.all(answers)
  await tally.reach(count * each, patience)
  const took = (performance.now() - start) / 1_000
  for (const poster of posters) poster.close()
  const ages = tally.ages()
  const at = (q) => quantile(ages, q)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1), keptUp: took < seconds * 1.2 + 0.2 }
}

// What other generators post too is expected by each: when the last of it came here, by the clock that all processes share.
function expect({ deliveries }) {
  tally.start()
  expected = tally.reach(deliveries, patience).then(() => performance.timeOrigin + performance.now())
  expected.catch(() => {})
}

/** Posts one broadcast. Resolves to when it was sent, by the clock that all processes share. */
async function post({ stream }) {
  const [poster] = await openPosters(1)
  const at = performance.timeOrigin + performance.now()
  await poster.post(postRequest({ port: ports[0].postPort, path: '/_broadcast', stream }))
  poster.close()
  return at
}

// Timers are good to a millisecond, and some fire early: the last one is spent looking at the clock.
async function until(time) {
  const wait = Math.floor(time - performance.now()) - 1
  if (wait > 0) await setTimeout(wait)
  while (performance.now() < time) await setImmediate()
}

// Opened anew for each measurement: servers close kept connections that are idle for some seconds.
async function openPosters(count) {
  const posters = []
  while (posters.length < count) newPoster(posters)
  await Promise.all(posters.map((poster) => poster.opened))
  return posters
}

function newPoster(posters) {
  const poster = new Poster(ports[posters.length % ports.length].postPort)
  posters.push(poster)
  return poster
}
