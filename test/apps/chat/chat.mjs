// Rooms with the names of their members, and what was said: in place of a database.

import { Broadcastable } from 'turbo-cable'

export const rooms = new Map([
  ['tea', new Set(['ana', 'ben'])],
  ['coffee', new Set(['cleo'])],
])

export class Message extends Broadcastable() {
  static #all = []

  static create(values) {
    const message = Object.assign(new Message(), { id: Message.#all.length + 1, ...values })
    Message.#all.push(message)
    return message
  }

  static in(room) {
    return Message.#all.filter((message) => message.room === room)
  }
}
