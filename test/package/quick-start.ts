// The README's quick start as something that can be followed: its fences become files, shell commands and a server to run.
//
// How the README has to be written for that: below a heading that contains "Quick start", up to the next heading of its level
// or a higher one,
// - a fence that is a file follows a line that names it: `app.js`:
// - a fence of a shell (sh, bash, shell, console) holds commands, one a line, with or without `$ `; a line that ends in `\`
//   goes on in the next;
// - the first `node …` in backquotes in the text is the server; commands above it prepare, those below are run while it runs.

export interface QuickStart {
  files: { path: string; text: string }[]
  /** What to do before the server runs: the installation. */
  preparation: string[]
  server: string
  /** What to do while it runs: the broadcast from a terminal. */
  afterwards: string[]
}

const SHELLS = ['sh', 'bash', 'shell', 'console']

interface Fence {
  language: string
  text: string
  /** The line of text above it. */
  label: string
  offset: number
}

/** Throws an Error that says what of the above is not so. */
export function readQuickStart(readme: string): QuickStart {
  const section = quickStartSection(readme)
  const start = /`(node [^`\n]+)`/.exec(section)
  const server = start?.[1]
  if (!server) throw new Error('README.md: the quick start does not say which `node …` starts the server')
  const fences = fencesOf(section)
  const files = fences.filter(({ language }) => !SHELLS.includes(language)).map(fileOf)
  const shells = fences.filter(({ language }) => SHELLS.includes(language))
  const preparation = shells.filter(({ offset }) => offset < start.index).flatMap(({ text }) => commandsOf(text))
  const afterwards = shells.filter(({ offset }) => offset > start.index).flatMap(({ text }) => commandsOf(text))
  return { files, preparation, server, afterwards }
}

function quickStartSection(readme: string): string {
  const heading = /^(#+) .*quick start.*$/im.exec(readme)
  if (!heading) throw new Error('README.md: there is no heading with "Quick start"')
  const [line, level = ''] = heading
  const rest = readme.slice(heading.index + line.length)
  const end = outsideFences(rest, new RegExp(`^#{1,${level.length}} `))
  return rest.slice(0, end)
}

/** Where the first line that matches and is in no fence begins; the length of the text if there is none. */
function outsideFences(text: string, pattern: RegExp): number {
  let inside = false
  let offset = 0
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) inside = !inside
    else if (!inside && pattern.test(line)) return offset
    offset += line.length + 1
  }
  return text.length
}

function fencesOf(section: string): Fence[] {
  return [...section.matchAll(/(?:^(.+)\n\n*)?^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, label = '', language = '', text = ''] = match
    return { label, language, text, offset: match.index + match[0].indexOf('```') }
  })
}

function fileOf({ label, text }: Fence): QuickStart['files'][number] {
  const path = /^`([\w./-]+)`:$/.exec(label)?.[1]
  if (!path)
    throw new Error(
      `README.md: no line like \`app.js\`: names the file that this fence of the quick start is:\n${text}`,
    )
  return { path, text }
}

function commandsOf(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/^\$ /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}
