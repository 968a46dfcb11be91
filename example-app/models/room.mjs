// Rooms to talk in, their members and messages. Who is no member may not listen: neither page nor socket.
import { Broadcastable, broadcastUpdateTo } from 'turbo-cable'
import { row, rows, run } from './database.mjs'

const names = { hall: 'The hall', judges: 'The judges’ table' }

export class Room {
  constructor(id) {
    this.id = id
    this.name = names[id]
  }

  static all() {
    return Object.keys(names).map((id) => new Room(id))
  }

  static find(id) {
    return Object.hasOwn(names, id) ? new Room(id) : undefined
  }

  /** The room that a stream belongs to; undefined for a stream of something else. */
  static ofStream(stream) {
    return Room.all().find((room) => room.stream === stream)
  }

  get stream() {
    return `room:${this.id}`
  }

  /** The name under which this visitor is a member, or undefined. */
  memberName(visitor) {
    return row('SELECT name FROM members WHERE room = ? AND visitor = ?', this.id, visitor)?.name
  }

  /** What the others in the room see of a member. */
  personOf(visitor) {
    return { name: this.memberName(visitor) }
  }

  /** Who is here now, in every open page of the room. */
  showPeople(people) {
    return broadcastUpdateTo(this.stream, { target: 'people', partial: 'rooms/people', locals: { people } })
  }

  join(visitor, name) {
    run('INSERT OR REPLACE INTO members (room, visitor, name) VALUES (?, ?, ?)', this.id, visitor, name.trim())
  }

  leave(visitor) {
    run('DELETE FROM members WHERE room = ? AND visitor = ?', this.id, visitor)
  }

  /** The last 50, oldest first. */
  messages() {
    const sql = 'SELECT * FROM messages WHERE room = ? ORDER BY id DESC LIMIT 50'
    return rows(sql, this.id)
      .map((message) => new Message(message))
      .reverse()
  }

  /** Everybody in the room sees it but the tab that `exclude` names, which has it by the answer to its form. */
  async say(visitor, text, { exclude }) {
    const sql = 'INSERT INTO messages (room, visitor, name, text) VALUES (?, ?, ?, ?) RETURNING *'
    const message = new Message(row(sql, this.id, visitor, this.memberName(visitor), text.trim()))
    await message.broadcastAppendTo(this.stream, { target: 'messages', partial: 'rooms/message', exclude })
    return message
  }
}

export class Message extends Broadcastable() {
  constructor({ id, name, text, sent_at }) {
    super()
    Object.assign(this, { id, name, text, sentAt: sent_at })
  }
}
