// Starts the Showcase on PORT (3000), says what to try, and stops cleanly on SIGINT or SIGTERM.
import { createApp } from './app.mjs'

const wanted = Number(process.env.PORT || 3000)
const pace = process.env.SHOWCASE_PACE
const showcase = createApp({
  ...(process.env.SHOWCASE_DB && { database: process.env.SHOWCASE_DB }),
  ...(pace && { pace: Number(pace) }),
})
const server = showcase.app.listen(wanted)

server.on('listening', () => {
  const { port } = server.address()
  const environment = [
    port !== 3000 && `PORT=${port}`,
    process.env.SHOWCASE_DB && `SHOWCASE_DB=${process.env.SHOWCASE_DB}`,
    process.env.REDIS_URL && `REDIS_URL=${process.env.REDIS_URL}`,
  ]
  console.log(`
  Showcase is on http://localhost:${port}

  Open it in two windows side by side, and press +1 in one of them. Then, from a terminal:

    # any program that speaks HTTP
    curl http://localhost:${port}/_broadcast -H 'Content-Type: application/json' \\
      -d '{"stream":"counter","data":"<turbo-stream action=\\"update\\" target=\\"count\\"><template>42</template></turbo-stream>"}'

    # a second Node process
    ${[...environment.filter(Boolean), 'node example-app/bin/increment.mjs'].join(' ')}

  Stop with Ctrl-C.
`)
})

server.on('error', async (error) => {
  const taken = error.code === 'EADDRINUSE'
  console.error(
    taken
      ? `Port ${wanted} is taken. Choose another: PORT=${wanted + 1} npm run demo`
      : `Cannot listen: ${error.message}`,
  )
  process.exitCode = 1
  await showcase.close()
})

async function stop() {
  const closed = new Promise((resolve) => server.close(resolve))
  await showcase.close()
  server.closeAllConnections()
  await closed
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)
