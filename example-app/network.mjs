// A network that can be cut: the sockets of one visitor end without a goodbye, and no new one is let in until it is mended.

export class Network {
  #sockets = new Map()
  #cut = new Set()

  /** For turboCable's `middleware`: sees each socket before it is upgraded. Answers 503 while the visitor is cut off. */
  admit = (request, response, next) => {
    const { visitor, socket } = request
    if (this.#cut.has(visitor)) {
      response.statusCode = 503
      response.end()
      return
    }
    this.#remember(visitor, socket)
    next()
  }

  /** False if this visitor is cut off already. */
  cut(visitor) {
    if (this.#cut.has(visitor)) return false
    this.#cut.add(visitor)
    for (const socket of this.#sockets.get(visitor) ?? []) socket.destroy()
    return true
  }

  mend(visitor) {
    this.#cut.delete(visitor)
  }

  #remember(visitor, socket) {
    const sockets = this.#sockets.get(visitor) ?? new Set()
    this.#sockets.set(visitor, sockets.add(socket))
    socket.once('close', () => {
      sockets.delete(socket)
      if (!sockets.size) this.#sockets.delete(visitor)
    })
  }
}
