// To be imported first: what looks for the root of the page as it is loaded finds that there is none.

Object.assign(globalThis, { document: {} })
