// A couple's points. Saving or destroying one changes the list in every page: the Rails conventions name stream, target and partial.
import { Broadcastable } from 'turbo-cable'
import { row, rows, run } from './database.mjs'

export class Score extends Broadcastable() {
  constructor({ id, couple, points }) {
    super()
    this.id = id
    this.couple = couple
    this.points = points
  }

  static all() {
    return rows('SELECT * FROM scores ORDER BY id').map((score) => new Score(score))
  }

  static find(id) {
    const score = row('SELECT * FROM scores WHERE id = ?', id)
    return score && new Score(score)
  }

  /** What is wrong with these values, or undefined. */
  static problem({ couple, points }) {
    if (!couple?.trim() || couple.length > 60) return 'Name the couple, in up to 60 characters.'
    if (!/^\d{1,3}$/.test(points ?? '') || Number(points) > 100) return 'Points are a whole number from 0 to 100.'
  }

  static async create({ couple, points }) {
    const sql = 'INSERT INTO scores (couple, points) VALUES (?, ?) RETURNING *'
    const score = new Score(row(sql, couple.trim(), Number(points)))
    await score.broadcastAppendTo('scores', { locals: { fresh: true } })
    return score
  }

  async update({ couple, points }) {
    this.couple = couple.trim()
    this.points = Number(points)
    run('UPDATE scores SET couple = ?, points = ? WHERE id = ?', this.couple, this.points, this.id)
    await this.broadcastReplaceTo('scores', { locals: { fresh: true }, method: 'morph' })
  }

  async destroy() {
    run('DELETE FROM scores WHERE id = ?', this.id)
    await this.broadcastRemoveTo('scores')
  }
}
