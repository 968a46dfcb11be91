// The last configuration update of a visitor. Kept in the database, so that a page opened late starts where it stands.
import { Broadcastable, broadcastJson } from 'turbo-cable'
import { row, run } from './database.mjs'

export class ConfigUpdate extends Broadcastable() {
  constructor({ visitor, status = 'idle', progress = 0, message = 'Nothing is running.' }) {
    super()
    Object.assign(this, { visitor, status, progress, message })
  }

  static of(visitor) {
    return new ConfigUpdate(row('SELECT * FROM config_updates WHERE visitor = ?', visitor) ?? { visitor })
  }

  /** Nobody is left to finish what an earlier process began. */
  static interrupt() {
    run(`UPDATE config_updates SET status = 'error', message = 'Interrupted by a restart.' WHERE status = 'processing'`)
  }

  get running() {
    return this.status === 'processing'
  }

  get stream() {
    return `config_update_${this.visitor}`
  }

  /** What the browser is told: `{ status: 'processing', progress: 40, message: 'Checking certificates' }`. */
  toJSON() {
    return { status: this.status, progress: this.progress, message: this.message }
  }

  /** Keeps the new state, then tells every page of this visitor. */
  async report(state) {
    Object.assign(this, state)
    const sql = 'INSERT OR REPLACE INTO config_updates (visitor, status, progress, message) VALUES (?, ?, ?, ?)'
    run(sql, this.visitor, this.status, this.progress, this.message)
    await broadcastJson(this.stream, this.toJSON())
  }

  /** The end, as HTML: the panel as the server renders it, button included. */
  async showEnd() {
    await this.broadcastReplaceTo(this.stream, {
      target: 'config-update',
      partial: 'config_updates/config_update',
      locals: { update: this },
      method: 'morph',
    })
  }
}
