// Never run: the types of data on its way from `broadcastJson` to `subscribe`, and of the client's events. The check of the tests'
// types has to accept it.

import type { Page } from 'playwright-core'
import { subscribe } from '../../client/index.ts'
import { broadcastJson, turboCable } from '../../src/index.ts'
import { defineStream, type StreamData } from '../../src/stream/define-stream.ts'
import { assertBroadcasts, connected } from '../../src/testing/testing.ts'

const imports = (id: number) => defineStream<{ progress: number }>(`import:${id}`)
export const cable = turboCable()

export const sent = [
  broadcastJson(imports(7), { progress: 50 }),
  cable.broadcastJson(imports(7), { progress: 50 }, { exclude: '1-2-3-4' }),
  // Streams that nobody defined take what they always did.
  broadcastJson('job', { anything: [1] }),
  broadcastJson(['job', 7], null),
  // @ts-expect-error the data is something else
  broadcastJson(imports(7), { progress: '50' }),
  // @ts-expect-error a part of it is missing
  cable.broadcastJson(imports(7), {}),
]

// A page would take it for HTML.
// @ts-expect-error a string is no data
export const text = defineStream<string>('text')

export const data: StreamData<ReturnType<typeof imports>> = { progress: 1 }

subscribe(imports(7), ({ progress }, { stream, cursor }) => [progress.toFixed(), stream, cursor])
subscribe(imports(7), () => {}, { cursor: null })
// @ts-expect-error the data has no such field
subscribe(imports(7), ({ percent }) => percent)
// @ts-expect-error the data is something else
subscribe(imports(7), (data: { progress: string }) => data)
// @ts-expect-error what the stream carries is defined already
subscribe<{ percent: number }>(imports(7), (data) => data)
subscribe('job:7', (data: unknown) => data)
subscribe<{ progress: number }>('job:7', ({ progress }) => progress.toFixed())
// @ts-expect-error nobody has said what it is
subscribe('job:7', ({ progress }) => progress)

document.addEventListener('turbo:stream-message', ({ detail }) => [detail.data, detail.replayed, detail.stream.trim()])
window.addEventListener('turbo-cable:gap', (event) => event.detail.stream && event.preventDefault())
for (const type of ['connected', 'disconnected'] as const) {
  document.body.addEventListener(`turbo-cable:${type}`, ({ detail: { stream } }) => stream.trim())
}
document.createElement('div').addEventListener('turbo-cable:rejected', ({ detail }) => detail.reason.trim())
document.addEventListener('turbo-cable:discard', ({ detail }) => detail.newElement?.id)
// @ts-expect-error a gap has no reason
document.addEventListener('turbo-cable:gap', ({ detail }) => detail.reason)

export async function testing(page: Page): Promise<string | undefined> {
  await connected(page, { timeout: 1_000 })
  const [first] = await assertBroadcasts(['room', 7], { action: 'append' }, () => {})
  return first?.target
}
