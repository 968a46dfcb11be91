// `turbo-cable/bullmq` for `import`: the code that `require` gets, so there are one cable and one set of defaults per process.

export type { BullJob, BullScheduler } from './bullmq.js'
export { bullmqProcessor, bullmqScheduler } from './bullmq.js'
export type { BullQueue } from './stream-list.js'
