// `turbo-cable/nats` for `import`: the code that `require` gets, so that there is one of it per process however it came in.

export type { NatsClient, NatsEngineOptions } from './nats.js'
export { natsEngine } from './nats.js'
