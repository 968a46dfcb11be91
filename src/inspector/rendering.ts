// A broadcast as it looks, in a document of its own in which nothing can act: no script, no form, no link, nothing from elsewhere.

import { html, Markup } from './markup'

/** The headers of that document. They hold also where it is opened by itself, outside of its frame. */
export const renderingHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  'X-Frame-Options': 'SAMEORIGIN',
}

/** The document. What a stream element would put into a page shows without Turbo, under a line that says what it does. */
export function rendering(data: string): string {
  // `inert` on the root cannot be taken back by what is within: a second <html> adds attributes and changes none.
  return html`<!doctype html>
<html lang="en" inert>
<head><meta charset="utf-8"><title>Rendering</title><style>${style}</style></head>
<body>${new Markup(unfolded(data))}</body>
</html>
`.text
}

// The parser makes a shadow root of a template that says so, without a script; and in a template rows of a table stay rows.
function unfolded(data: string): string {
  return data.replace(
    /(<turbo-stream\b(?:[^>"]|"[^"]{0,1000}"){0,200}>\s*)<template>/gi,
    '$1<template shadowrootmode="open">',
  )
}

const style = new Markup(`:root { color-scheme: light; }
body { margin: 0.5rem 0.625rem; font: 0.875rem/1.45 system-ui, sans-serif; background: #fff; color: #1d1f26; overflow-wrap: break-word; }
turbo-stream { display: block; }
turbo-stream + turbo-stream { margin-top: 0.5rem; }
turbo-stream::before { content: attr(action) " " attr(target) attr(targets); display: block; font: 0.6875rem/1.6 ui-monospace, monospace; color: #6b6f7b; border-bottom: 1px dashed #d9d7d0; margin-bottom: 0.25rem; }`)
