// Several engines in one test, as if each were a process of its own, and what all of them do when another history begins.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Engine } from '../../src/engine/engine.ts'
import { defaultBounds, Listener, noDeadline } from '../unit/engine/engine-suite.ts'
import type { TcpProxy } from './tcp-proxy.ts'
import { warnings } from './warnings.ts'

export interface Process {
  readonly engine: Engine
  readonly listener: Listener
}

/** A broadcast of one number to the stream `s`. */
export const one = (n: number) => [{ stream: 's', json: String(n) }]

/** The numbers that a process has heard. */
export const heard = ({ listener }: Process) => listener.heard.map(({ json }) => Number(json))

/** Sends numbers by one until another hears one: then that one follows the log. */
async function untilHeard(from: Process, by: Process): Promise<void> {
  const { length } = by.listener.heard
  while (by.listener.heard.length === length) {
    await from.engine.publish(one(0))
    await setTimeout(20)
  }
}

/** Cuts a process off by its proxy until all that is done meanwhile has gone out of a log of 1 MB, and it knows that it has missed something. */
export async function whileAway(way: TcpProxy, from: Process, away: Process, work: () => Promise<void>): Promise<void> {
  const { losses } = away.listener
  way.refuse(true)
  await way.cut()
  await work()
  await fillLog(from)
  way.refuse(false)
  await untilHeard(from, away)
  assert.equal(away.listener.losses, losses + 1)
}

/** Sends more than a log of 1 MB holds. */
export async function fillLog({ engine }: Process): Promise<void> {
  const json = JSON.stringify('x'.repeat(100_000))
  for (let n = 0; n < 30; n++) await engine.publish([{ stream: 'other', json }])
}

/** Starts engines by `join`, and stops them and the server at the end. `t` is left out where warnings are taken already. */
export async function withProcesses(
  t: TestContext | undefined,
  server: { end(): Promise<void> },
  run: (join: (engine: Engine) => Promise<Process>) => Promise<void>,
): Promise<void> {
  const processes: Process[] = []
  try {
    if (t) warnings(t)
    await run(async (engine) => {
      const made = { engine, listener: new Listener() }
      processes.push(made)
      await engine.start(made.listener, defaultBounds)
      return made
    })
  } finally {
    for (const { engine, listener } of processes) await engine.stop(listener)
    await server.end()
  }
}

/** Each process is told, its cursors are of another history, and it goes on with what is sent from then on. */
export async function beginsAnew(
  processes: readonly Process[],
  cursors: readonly (string | undefined)[],
): Promise<void> {
  for (const { engine, listener } of processes) {
    await listener.until(() => listener.losses > 0)
    for (const cursor of cursors) {
      const { recovered, messages } = await engine.since('s', cursor as string, noDeadline)
      assert.deepEqual({ recovered, messages }, { recovered: false, messages: [] })
    }
    assert.notEqual(engine.cursor()?.split(':')[0], cursors[0]?.split(':')[0])
  }
  for (const { engine } of processes) {
    await engine.publish(one(1_000))
    await Promise.all(processes.map(({ listener }) => listener.until(() => listener.heard.at(-1)?.json === '1000')))
  }
}
