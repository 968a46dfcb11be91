// Bun's own publish, run by Bun: rooms and fan-out are in uWebSockets, native code. It gathers nothing: one frame per message
// and socket, handed over in one write per socket and turn.

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2]),
  async fetch(request, server) {
    const path = request.url.slice(request.url.indexOf('/', 8))
    if (path === '/cable') return server.upgrade(request) ? undefined : new Response('', { status: 426 })
    if (path === '/collect') {
      Bun.gc(true)
      return new Response('OK')
    }
    const { stream, data } = await request.json()
    server.publish(stream, JSON.stringify({ type: 'message', stream, data }))
    return new Response('OK')
  },
  websocket: {
    message(client, text) {
      const { type, stream } = JSON.parse(text)
      if (type !== 'subscribe') return
      client.subscribe(stream)
      client.send(JSON.stringify({ type: 'subscribed', stream }))
    },
  },
})
