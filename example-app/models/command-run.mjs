// One run of a command: what it printed and how it ended. Commands are chosen from a list; nothing a visitor types is executed.
import { randomUUID } from 'node:crypto'
import { Broadcastable } from 'turbo-cable'
import { row, rows, run } from './database.mjs'

/** Name → what the page calls it. Each is a script of that name in commands/. */
export const commands = {
  greetings: 'Greet the world',
  backup: 'Back up the database',
  failure: 'Fail on purpose',
}

export class CommandRun extends Broadcastable() {
  constructor({ id, visitor, command, status, output, exit_code }) {
    super()
    Object.assign(this, { id, visitor, command, status, pieces: JSON.parse(output), exitCode: exit_code })
  }

  static find(id, visitor) {
    const found = row('SELECT * FROM command_runs WHERE id = ? AND visitor = ?', id, visitor)
    return found && new CommandRun(found)
  }

  /** The visitor's last five, newest first. */
  static recent(visitor) {
    const sql = 'SELECT * FROM command_runs WHERE visitor = ? ORDER BY rowid DESC LIMIT 5'
    return rows(sql, visitor).map((found) => new CommandRun(found))
  }

  static async create(visitor, command) {
    const sql = `INSERT INTO command_runs (id, visitor, command, status, output) VALUES (?, ?, ?, 'running', '[]') RETURNING *`
    const created = new CommandRun(row(sql, randomUUID(), visitor, command))
    await created.broadcastPrependTo(listStream(visitor), { locals: { run: created } })
    return created
  }

  static interrupt() {
    run(`UPDATE command_runs SET status = 'interrupted' WHERE status = 'running'`)
  }

  get running() {
    return this.status === 'running'
  }

  get title() {
    return commands[this.command]
  }

  /** How it ended, in words: "running", "finished", "failed with exit code 3". */
  get ending() {
    if (this.status !== 'exited') return this.status
    return this.exitCode === 0 ? 'finished' : `failed with exit code ${this.exitCode}`
  }

  /** For the look: "running", "interrupted", "finished", "failed". */
  get state() {
    if (this.status !== 'exited') return this.status
    return this.exitCode === 0 ? 'finished' : 'failed'
  }

  get stream() {
    return ['command_output', this.id]
  }

  /** Keeps what it has printed, for pages that come when all is over. `failure`: it came on the error channel. */
  keep(text, failure) {
    const last = this.pieces.at(-1)
    if (last?.failure === failure) last.text += text
    else this.pieces.push({ text, failure })
    run('UPDATE command_runs SET output = ? WHERE id = ?', JSON.stringify(this.pieces), this.id)
  }

  async finish(exitCode) {
    Object.assign(this, { status: 'exited', exitCode })
    run(`UPDATE command_runs SET status = 'exited', exit_code = ? WHERE id = ?`, exitCode, this.id)
    const locals = { run: this }
    await this.broadcastReplaceTo(this.stream, { target: 'command_message', partial: 'command_runs/message', locals })
    await this.broadcastReplaceTo(listStream(this.visitor), { locals })
  }
}

/** The stream of a visitor's own list. */
export const listStream = (visitor) => `command_runs_${visitor}`
