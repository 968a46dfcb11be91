// `turbo-cable/koa` for `import`: the code that `require` gets, so there is one cable per process however it came in.

export type { Cable, KoaContext, KoaMiddleware } from './koa.js'
export { turboCable } from './koa.js'
