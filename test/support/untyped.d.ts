// Packages that come without types.

declare module 'express-session'
declare module '@koa/ejs'
