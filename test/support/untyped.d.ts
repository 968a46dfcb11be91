// Session middleware, which comes without types.

declare module 'express-session'
