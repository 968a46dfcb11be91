// A playlist that somebody asked for. Its id is random: it names the stream of its making and unlocks the download.
import { randomUUID } from 'node:crypto'
import { Broadcastable, broadcastJson } from 'turbo-cable'
import { row, rows, run } from './database.mjs'

export class Playlist extends Broadcastable() {
  constructor({ id, visitor, status, progress, message, content }) {
    super()
    Object.assign(this, { id, visitor, status, progress, message, content })
  }

  static find(id) {
    const playlist = row('SELECT * FROM playlists WHERE id = ?', id)
    return playlist && new Playlist(playlist)
  }

  /** The visitor's last five, newest first. */
  static recent(visitor) {
    const sql = 'SELECT * FROM playlists WHERE visitor = ? ORDER BY rowid DESC LIMIT 5'
    return rows(sql, visitor).map((playlist) => new Playlist(playlist))
  }

  static async create(visitor) {
    const sql = `INSERT INTO playlists (id, visitor, status, progress, message) VALUES (?, ?, 'processing', 0, 'Waiting for a worker…') RETURNING *`
    const playlist = new Playlist(row(sql, randomUUID(), visitor))
    await playlist.broadcastPrependTo(listStream(visitor))
    return playlist
  }

  static interrupt() {
    run(`UPDATE playlists SET status = 'error', message = 'Interrupted by a restart.' WHERE status = 'processing'`)
  }

  get running() {
    return this.status === 'processing'
  }

  /** One request, one stream. */
  get stream() {
    return `playlist_${this.id}`
  }

  get download() {
    return this.status === 'completed' ? `/playlists/${this.id}/download` : undefined
  }

  /** What the browser is told; `download` only at the end. */
  toJSON() {
    return { status: this.status, progress: this.progress, message: this.message, download: this.download }
  }

  /** Tells the page which follows the making; keeps the state for a page opened later. */
  async report(state) {
    Object.assign(this, state)
    run('UPDATE playlists SET progress = ?, message = ? WHERE id = ?', this.progress, this.message, this.id)
    await broadcastJson(this.stream, this.toJSON())
  }

  async complete(content) {
    run(`UPDATE playlists SET status = 'completed', content = ? WHERE id = ?`, content, this.id)
    await this.report({ status: 'completed', progress: 100, message: 'The playlist is ready.' })
    await this.broadcastReplaceTo(listStream(this.visitor))
  }
}

/** The stream of a visitor's own list. */
export const listStream = (visitor) => `playlists_${visitor}`
