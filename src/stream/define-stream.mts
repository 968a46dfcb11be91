// `turbo-cable/streams` for `import`.

export type { StreamData, TypedStream } from './define-stream.js'
export { defineStream } from './define-stream.js'
