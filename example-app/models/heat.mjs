// The heats of an event, one of which is on the floor. A heat is plain data, so that a broadcast of it can be sent later.
import { broadcastReplaceLaterTo } from 'turbo-cable'
import { row, run } from './database.mjs'

/** `{ current, next }`, each a heat or undefined: `{ number: 3, dance: 'Foxtrot', level, couples: ['Ana & Luis'], status: 'called' }`. */
export function floor() {
  return {
    current: heat(`SELECT * FROM heats WHERE status IN ('called', 'running')`),
    next: heat(`SELECT * FROM heats WHERE status = 'waiting' ORDER BY number`),
  }
}

/** The couples start to dance. Does nothing unless this heat was called: somebody else's click came first. */
export function startHeat(number) {
  run(`UPDATE heats SET status = 'running' WHERE number = ? AND status = 'called'`, number)
  announce()
}

/** The heat is over; the next one is called. Does nothing unless this heat is running. */
export function finishHeat(number) {
  if (run(`UPDATE heats SET status = 'done' WHERE number = ? AND status = 'running'`, number)) {
    run(`UPDATE heats SET status = 'called' WHERE number = (SELECT min(number) FROM heats WHERE status = 'waiting')`)
  }
  announce()
}

/** Back to the first heat. */
export function restartHeats() {
  run(`UPDATE heats SET status = CASE number WHEN 1 THEN 'called' ELSE 'waiting' END`)
  announce()
}

function announce() {
  broadcastReplaceLaterTo('current-heat', {
    target: 'current-heat',
    partial: 'heats/heat',
    locals: floor(),
    method: 'morph',
  })
}

function heat(sql) {
  const found = row(sql)
  if (!found) return undefined
  const { number, dance, level, couples, status } = found
  return { number, dance, level, couples: couples.split(', '), status }
}
