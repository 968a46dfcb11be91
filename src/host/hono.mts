// `turbo-cable/hono` for `import`: the code that `require` gets, so there is one cable per process however it came in.

export type { Cable, HonoContext, HonoMiddleware } from './hono.js'
export { turboCable } from './hono.js'
