// How many pages fetch themselves in a second when one broadcast refreshes 10,000 of them: with `limits.refreshesPerSecond` and
// without. The sockets and the fetches are real; a page is what it does: it waits as the client does, and fetches.
// `node --import tsx bench/stampede.mts [pages] [per second, 0 for no limit]`

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, get } from 'node:http'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { turboCable } from '../src/index.ts'
import { eachFrame, frame, handshake } from '../test/support/websocket.mjs'

const [pages = 10_000, perSecond = 500, port = 0] = process.argv.slice(2).map(Number)
/** What Turbo waits before it fetches, ms. */
const debounce = 150
/** What rendering a page costs the app, ms of its one thread. */
const rendering = 1

if (port) await open(port)
else await serve()

async function serve(): Promise<void> {
  const limits = { connections: pages, refreshesPerSecond: perSecond || 1_000_000 }
  const cable = turboCable({ limits, publicStreams: true })
  const arrived: number[] = []
  const server = createServer((request, response) => {
    cable(request, response, () => {
      arrived.push(performance.now())
      const until = performance.now() + rendering
      while (performance.now() < until);
      response.end('<p>a page</p>'.repeat(500))
    })
  })
  // A connection that the server gives up as a page takes it again would end the run.
  server.keepAliveTimeout = 120_000
  cable.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as { port: number }
  const parameters = [...process.execArgv, fileURLToPath(import.meta.url), pages, perSecond, own].map(String)
  const client = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(client, 'exit').then(([code]) => Promise.reject(new Error(`the pages ended with ${code}`)))
  gone.catch(() => {})
  await Promise.race([once(client.stdout, 'data'), gone])
  const start = performance.now()
  await cable.broadcastRefreshTo('s')
  const [report] = await Promise.race([once(client.stdout, 'data'), gone])
  const seconds = new Map<number, number>()
  for (const at of arrived)
    seconds.set(Math.floor((at - start) / 1_000), (seconds.get(Math.floor((at - start) / 1_000)) ?? 0) + 1)
  const { wanted, slowest, median, resets } = JSON.parse(String(report))
  console.log(
    `${pages} pages, ${perSecond ? `${perSecond}/s` : 'no limit'}: asked ${wanted}/s at the peak, served ${Math.max(...seconds.values())}/s; ` +
      `a page waited ${median} ms for its answer (median), ${slowest} ms (slowest); all in ${Math.ceil((arrived.at(-1) ?? 0) - start)} ms; ${resets} connections reset`,
  )
  await cable.close({ timeout: 1_000 })
  server.closeAllConnections()
  server.close()
}

async function open(to: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 })
  const asked = new Map<number, number>()
  const waits: number[] = []
  let resets = 0
  let done = () => {}
  const all = new Promise<void>((resolve) => {
    done = resolve
  })
  const fetchPage = () => {
    const start = performance.now()
    const second = Math.floor(start / 1_000)
    asked.set(second, (asked.get(second) ?? 0) + 1)
    request(start)
  }
  // A connection that was reset is tried again, as browsers do; its time goes on.
  const request = (start: number) => {
    const asking = get({ port: to, host: '127.0.0.1', agent }, (response) => {
      response.resume().once('end', () => {
        if (waits.push(performance.now() - start) === pages) done()
      })
    })
    asking.once('error', () => {
      resets++
      request(start)
    })
  }
  const sockets = []
  for (let n = 0; n < pages; n++) {
    const socket = connect(to, '127.0.0.1')
    sockets.push(socket)
    socket.write(handshake())
    socket.write(frame(JSON.stringify({ type: 'subscribe', stream: 's', cursor: null })))
    await new Promise<void>((subscribed) => {
      let head = true
      socket.on('data', (chunk: Buffer) => {
        const at = head ? chunk.indexOf('\r\n\r\n') + 4 : 0
        head = false
        eachFrame(chunk, at, chunk.length, (opcode: number, from: number, end: number) => {
          if (opcode !== 1) return
          const message = JSON.parse(chunk.toString('utf8', from, end))
          if (message.type === 'subscribed') subscribed()
          if (message.type === 'message') setTimeout(fetchPage, Math.random() * (message.refresh ?? 0) + debounce)
        })
      })
    })
  }
  process.stdout.write('ready')
  await all
  waits.sort((a, b) => a - b)
  const at = (share: number) => Math.round(waits[Math.floor((waits.length - 1) * share)] ?? 0)
  process.stdout.write(JSON.stringify({ wanted: Math.max(...asked.values()), median: at(0.5), slowest: at(1), resets }))
  agent.destroy()
  for (const socket of sockets) socket.destroy()
}
