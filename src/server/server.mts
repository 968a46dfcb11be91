// `turbo-cable/server` for `import`: the code that `require` gets.

export type { AskAppOptions, AskedApp, JwtOptions } from './server.js'
export { askApp, jwt } from './server.js'
