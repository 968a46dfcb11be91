// View engines and the other Express, which come without types.

declare module 'ejs'
declare module 'express4'
declare module 'hbs'
declare module 'nunjucks'
declare module 'pug'
