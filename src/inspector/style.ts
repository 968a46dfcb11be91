// The look of the inspector: two colour schemes, the system's own fonts, nothing from elsewhere.

/** The style sheet, as it is served at `<path>/inspector/style.css`. */
export const style = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f5f2, #131418);
  --surface: light-dark(#ffffff, #1c1e24);
  --sunken: light-dark(#f3f2ee, #15171b);
  --line: light-dark(#e2e0d9, #31343d);
  --ink: light-dark(#1d1f26, #e9ebf0);
  --soft: light-dark(#5b5f6b, #a2a7b5);
  --accent: light-dark(#4746c8, #a5a6ff);
  --on-accent: light-dark(#ffffff, #14142b);
  --good: light-dark(#136c42, #62d69d);
  --warn: light-dark(#8f5200, #f0b45b);
  --bad: light-dark(#b3261e, #ff9c92);
  --violet: light-dark(#7a3e9d, #d5a6ef);
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
*, ::before, ::after { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 0.875rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
h1, h2, p, dl, dd, figure, ol, pre { margin: 0; }
ol { padding: 0; list-style: none; }
h1 { font-size: 1.125rem; font-weight: 650; letter-spacing: -0.01em; }
h1 span { color: var(--soft); font-weight: 450; }
h2 { font-size: 0.8125rem; font-weight: 650; letter-spacing: 0.01em; }
button, input, textarea { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 3; padding: 0.5rem 1rem; border-radius: 0.5rem; background: var(--accent); color: var(--on-accent); }
.skip:focus { top: 0.5rem; }

header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem 1rem; padding: 0.875rem 1.25rem 0.5rem; }
.where { color: var(--soft); margin-right: auto; overflow-wrap: anywhere; }
.state span { display: none; align-items: center; gap: 0.5rem; padding: 0.125rem 0.75rem; border: 1px solid currentColor; border-radius: 99px; font-weight: 600; }
.state span::before { content: ""; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: currentColor; }
.on { color: var(--good); }
.off { color: var(--bad); }
[data-turbo-stream][connected] ~ header .on, [data-turbo-stream]:not([connected]) ~ header .off { display: inline-flex; }

.numbers { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem 2rem; padding: 0.25rem 1.25rem 0.875rem; }
.numbers dl { display: flex; flex-wrap: wrap; gap: 0.5rem 1.75rem; }
.numbers dl div { display: flex; flex-direction: column-reverse; }
dt { color: var(--soft); font-size: 0.75rem; }
dd { font-size: 1.375rem; line-height: 1.2; font-weight: 600; font-variant-numeric: tabular-nums; }
#rates { flex: 1 1 12rem; max-width: 30rem; margin-left: auto; }
#rates svg { display: block; width: 100%; height: 1.75rem; border-bottom: 1px solid var(--line); fill: var(--accent); }
#rates figcaption { color: var(--soft); font-size: 0.75rem; text-align: right; font-variant-numeric: tabular-nums; }

main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(20rem, 27rem); gap: 1rem; align-items: start; padding: 0 1.25rem 2rem; }
.side { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
main section { background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem; }
.side section { padding: 0.75rem 1rem 0.875rem; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; }
.record > .bar { position: sticky; top: 0; z-index: 2; padding: 0.625rem 1rem; background: var(--surface); border-bottom: 1px solid var(--line); border-radius: 0.75rem 0.75rem 0 0; }
.filter { flex: 1 1 14rem; }
fieldset { display: flex; flex-wrap: wrap; gap: 0.125rem 0.75rem; border: 0; margin: 0; padding: 0; color: var(--soft); }
input:not([type="checkbox"]), textarea { width: 100%; padding: 0.3125rem 0.625rem; background: var(--sunken); border: 1px solid var(--line); border-radius: 0.5rem; }
input::placeholder, textarea::placeholder { color: var(--soft); opacity: 1; }
textarea, .stream, pre, tbody th, #send-stream { font-family: var(--mono); font-size: 0.8125rem; }
textarea { display: block; resize: vertical; }
input[type="checkbox"] { accent-color: var(--accent); vertical-align: -0.125em; margin: 0; }
button { padding: 0.25rem 0.875rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--sunken); cursor: pointer; font-weight: 550; }
button:hover { border-color: var(--accent); }
.primary, .pause[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }

#entries:focus { outline: none; }
#entries > li { border-top: 1px solid var(--line); }
#entries > li:first-child { border-top: 0; }
summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.125rem 0.625rem; padding: 0.4375rem 1rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--sunken); }
summary:focus-visible { outline-offset: -2px; }
summary time { color: var(--soft); font-variant-numeric: tabular-nums; }
summary::before { content: ""; align-self: center; border: 0.25rem solid transparent; border-left: 0.375rem solid var(--soft); border-right: 0; }
[open] > summary::before { transform: rotate(90deg); }
.kind { min-width: 4.75rem; text-align: center; padding: 0 0.5rem; border-radius: 99px; font-size: 0.75rem; font-weight: 600; color: var(--accent); background: color-mix(in srgb, currentColor 12%, transparent); }
[data-kind="gap"] .kind, .warn { color: var(--warn); }
[data-kind="refusal"] .kind, [data-kind="fault"] .kind { color: var(--bad); }
[data-kind="replay"] .kind { color: var(--violet); }
.stream { font-weight: 600; overflow-wrap: anywhere; }
.title { color: var(--soft); overflow-wrap: anywhere; }
[data-kind="refusal"] .title, [data-kind="gap"] .title, [data-kind="fault"] .title { color: inherit; }
.facts { display: flex; flex-wrap: wrap; gap: 0 0.875rem; margin-left: auto; color: var(--soft); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
.nobody { color: var(--warn); }
.why { padding: 0 1rem 0.75rem 2.25rem; color: var(--soft); overflow-wrap: anywhere; }
.content { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 0.75rem; padding: 0.125rem 1rem 0.875rem 2.25rem; }
.content figcaption { display: flex; align-items: center; gap: 0.75rem; min-height: 1.75rem; font-size: 0.75rem; color: var(--soft); font-weight: 600; }
.content figcaption span { font-weight: 400; overflow-wrap: anywhere; }
.content figcaption button { margin-left: auto; padding: 0 0.625rem; font-size: 0.75rem; }
iframe, pre { display: block; width: 100%; height: 6.75rem; border: 1px solid var(--line); border-radius: 0.5rem; resize: vertical; overflow: auto; }
iframe { background: #fff; color-scheme: light; }
pre { padding: 0.5rem 0.625rem; background: var(--sunken); white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2; }
code { font: inherit; }
.why code { font-family: var(--mono); font-size: 0.8125rem; color: var(--ink); }
small { display: block; color: var(--soft); font-size: 0.75rem; }
code b { font-weight: inherit; color: var(--accent); }
code u { text-decoration: none; color: var(--good); }
.more { color: var(--soft); }
.empty { display: none; padding: 2.5rem 1rem; text-align: center; color: var(--soft); }
#entries:empty { display: none; }
#entries:empty + .empty { display: block; }
${['broadcast', 'gap', 'refusal', 'replay', 'fault']
  .map((kind) => `body:has(#show-${kind}:not(:checked)) [data-kind="${kind}"]`)
  .join(', ')} { display: none; }

.scroll { max-height: 22rem; overflow: auto; margin: 0.25rem -0.5rem -0.25rem; padding: 0 0.5rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.8125rem; }
thead th { position: sticky; top: 0; white-space: nowrap; background: var(--surface); color: var(--soft); font-size: 0.75rem; font-weight: 500; }
th, td { padding: 0.25rem 0.5rem 0.25rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
th:last-child, td:last-child { padding-right: 0; }
.rest td, td i { color: var(--soft); font-style: normal; }
tbody th { font-weight: 500; }
th button { padding: 0; border: 0; background: none; font: inherit; text-align: left; overflow-wrap: anywhere; text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: 0.2em; }
th button:hover { text-decoration-color: currentColor; }

.side form { display: grid; gap: 0.375rem; margin-top: 0.25rem; }
.side form .bar { justify-content: space-between; margin-top: 0.25rem; }
.side form > label { color: var(--soft); font-size: 0.75rem; }
#sent { overflow-wrap: anywhere; color: var(--soft); }
#sent:empty { display: none; }

.sign-in main { display: grid; grid-template-columns: minmax(0, 22rem); justify-content: center; gap: 1rem; padding: 16vh 1.25rem; }
.sign-in form { display: grid; gap: 0.5rem; }
#wrong { color: var(--bad); }

@media (max-width: 62rem) {
  main { grid-template-columns: minmax(0, 1fr); }
  .record > .bar { position: static; }
}
@media (max-width: 40rem) {
  header, .numbers { padding-left: 0.75rem; padding-right: 0.75rem; }
  main { padding: 0 0.5rem 1rem; }
  .content, .why { padding-left: 1rem; }
  .facts { margin-left: 0; flex-basis: 100%; }
}
@media (prefers-reduced-motion: no-preference) {
  #entries > li { animation: arrive 0.6s ease-out; }
  @keyframes arrive { from { background: color-mix(in srgb, var(--accent) 22%, transparent); } }
}
@media (forced-colors: active) {
  .kind { border: 1px solid; }
}
`
