// The page of the inspector, and the one that asks for the token. All its paths are relative, so that it works below whatever
// prefix a proxy may have put before it.

import { hostname } from 'node:os'
import { importMap } from '../view/tags'
import { kinds } from './entry'
import { html, Markup } from './markup'
import type { Pieces } from './state'

/** What the page is made of. */
export interface PageParts {
  readonly nonce: string
  /** The marker that subscribes the page. */
  readonly marker: string
  readonly pieces: Pieces
  readonly entries: readonly Markup[]
  /** What the form is sent with. */
  readonly token: string
  /** Whether somebody had to give a token, and so may want to leave. */
  readonly signedIn: boolean
  /** The cable's id. */
  readonly cable: string
}

/** The policy of the page: everything from here, nothing inline but what has the nonce, and in no other page. */
export function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "frame-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The page. */
export function page({ nonce, marker, pieces, entries, token, signedIn, cable }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="csp-nonce" content="${nonce}">
<meta name="turbo-refresh-method" content="morph">
<meta name="turbo-refresh-scroll" content="preserve">
<meta name="turbo-cache-control" content="no-cache">
<meta name="action-cable-url" content="inspector">
<title>Inspector · turbo-cable</title>
<link rel="icon" href="data:image/svg+xml,${icon}">
<link rel="stylesheet" href="inspector/style.css" data-turbo-track="reload">
<script type="importmap" nonce="${nonce}">${new Markup(importMap('.'))}</script>
<script type="module" src="./start.js"></script>
<script type="module" src="./inspector.js"></script>
</head>
<body data-controller="inspector" data-turbo-cable-keep>
${new Markup(marker)}
<a class="skip" href="#entries">Skip to what happens</a>
<header>
<h1><span>turbo-cable</span> inspector</h1>
<p class="where">${cable} in process ${process.pid} on ${hostname()}</p>
<p class="state" role="status"><span class="on">live</span><span class="off">not connected</span></p>
${signedIn && html`<form method="post" action="inspector/sign-out" data-turbo="false"><input type="hidden" name="token" value="${token}"><button>Sign out</button></form>`}
</header>
<section class="numbers" aria-label="Counts"><dl id="counts">${pieces.counts}</dl><figure id="rates">${pieces.rates}</figure></section>
<main>
<section class="record" aria-labelledby="what-happens">
<div class="bar">
<h2 id="what-happens">What happens</h2>
<button type="button" class="pause" aria-pressed="false" data-inspector-target="pause" data-action="inspector#pause">Pause</button>
<label class="filter"><span class="hidden">Filter by stream, target, identity, address or reason</span><input type="search" placeholder="Filter: stream, target, identity, reason…" autocomplete="off" spellcheck="false" data-inspector-target="filter" data-action="inspector#filter"></label>
<fieldset><legend class="hidden">Kinds of entries that are shown</legend>${kinds.map((kind) => html`<label class="kind-choice"><input type="checkbox" checked id="show-${kind}"> ${kind}</label>`)}</fieldset>
</div>
<p class="hidden" role="status" data-inspector-target="status"></p>
<ol id="entries" tabindex="-1" data-live>${entries}</ol>
<p class="empty">Nothing has happened since somebody began to look. Broadcasts, gaps and refusals appear here as they come.</p>
</section>
<div class="side">
<section aria-labelledby="by-hand">
<h2 id="by-hand">Send one by hand</h2>
<form method="post" action="inspector/send" data-inspector-target="form">
<input type="hidden" name="token" value="${token}">
<label for="send-stream">Stream</label>
<input id="send-stream" name="stream" list="stream-names" required maxlength="512" autocomplete="off" spellcheck="false">
<datalist id="stream-names" data-live>${pieces['stream-names']}</datalist>
<label for="send-data">Data</label>
<textarea id="send-data" name="data" rows="5" spellcheck="false" placeholder="${example}"></textarea>
<div class="bar"><label><input type="checkbox" name="json"> as JSON</label><button class="primary">Send</button></div>
<p id="sent" role="status"></p>
</form>
</section>
<section aria-labelledby="the-streams">
<h2 id="the-streams">Streams</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Table of streams"><table>
<thead><tr><th scope="col">name</th><th scope="col" class="number">subscribers</th></tr></thead>
<tbody id="streams" data-live>${pieces.streams}</tbody>
</table></div>
</section>
<section aria-labelledby="the-connections">
<h2 id="the-connections">Connections</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Table of connections"><table>
<thead><tr><th scope="col">no.</th><th scope="col">identity, protocol, address</th><th scope="col" class="number">streams</th><th scope="col" class="number">pending</th><th scope="col" class="number">age</th></tr></thead>
<tbody id="connections" data-live>${pieces.connections}</tbody>
</table></div>
</section>
</div>
</main>
</body>
</html>
`.text
}

/** The page that asks for the token. */
export function signInPage(wrong: boolean): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Inspector · turbo-cable</title>
<link rel="icon" href="data:image/svg+xml,${icon}">
<link rel="stylesheet" href="inspector/style.css">
</head>
<body class="sign-in">
<main>
<h1><span>turbo-cable</span> inspector</h1>
<form method="post" action="inspector/sign-in">
<label for="token">Token</label>
<input id="token" type="password" name="token" required autofocus autocomplete="current-password"${wrong && html` aria-invalid="true" aria-describedby="wrong"`}>
<p id="wrong" role="alert">${wrong && 'That is not the token.'}</p>
<button class="primary">Look</button>
</form>
</main>
</body>
</html>
`.text
}

const example = '<turbo-stream action="append" target="messages"><template><p>Hello</p></template></turbo-stream>'

const icon = encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#4746c8"/><path d="M3 9h2.5L7 4l2.5 8L11 9h2" fill="none" stroke="#fff" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/></svg>',
)
