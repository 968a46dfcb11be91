// Packages that come without types.

declare module '@koa/ejs'
