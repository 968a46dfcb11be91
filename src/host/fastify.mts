// `turbo-cable/fastify` for `import`: the code that `require` gets, so there is one cable per process however it came in.

export type { FastifyHost } from './fastify.js'
export { turboCable } from './fastify.js'
