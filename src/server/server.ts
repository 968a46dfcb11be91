// `turbo-cable/server`: what the server knows of who is there, for `turboCable({ authenticate, authorize })`.

export { type JwtOptions, jwt } from './jwt'
export { type AskAppOptions, type AskedApp, askApp } from './webhook'
