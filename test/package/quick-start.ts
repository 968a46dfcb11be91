// The README's quick start as something that can be followed: its fences become files, shell commands and a server to run.
//
// How the README has to be written for that: below a heading that contains "Quick start", up to the next heading of its
// level or a higher one,
// - a fence in another language than a shell's is a file; its first line is a comment that holds only the path
//   (`// app.mjs`, `<!-- views/index.ejs -->`, `<%# views/index.ejs %>`);
// - a shell fence (sh, bash, shell, console) holds commands, one a line, with or without `$ `; a line that ends in `\` goes on.
//   The command that starts with `node ` is the server; those after it are run while the server runs.

export interface QuickStart {
  files: { path: string; text: string }[]
  /** What to do before the server runs: the installation. */
  preparation: string[]
  server: string
  /** What to do while it runs: the broadcast from a terminal. */
  afterwards: string[]
}

const SHELLS = ['sh', 'bash', 'shell', 'console']
const PATH_COMMENT = /^\s*(?:\/\/|<!--|<%#|#)\s*([\w./-]+\.\w+)\s*(?:-->|%>)?\s*$/

/** Throws an Error that says what of the above is not so. */
export function readQuickStart(readme: string): QuickStart {
  const fences = fencesOf(quickStartSection(readme))
  if (fences.length === 0) throw new Error('README.md: the quick start has no code fence')
  const commands = fences.filter(({ language }) => SHELLS.includes(language)).flatMap(({ text }) => commandsOf(text))
  const files = fences.filter(({ language }) => !SHELLS.includes(language)).map(fileOf)
  const start = commands.findIndex((command) => command.startsWith('node '))
  const server = commands[start]
  if (!server) throw new Error('README.md: no command of the quick start begins with "node "')
  return { files, preparation: commands.slice(0, start), server, afterwards: commands.slice(start + 1) }
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

function fencesOf(section: string): { language: string; text: string }[] {
  return [...section.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }))
}

function fileOf({ text }: { text: string }): QuickStart['files'][number] {
  const path = PATH_COMMENT.exec(text.split('\n', 1)[0] ?? '')?.[1]
  if (!path)
    throw new Error(`README.md: the first line of this fence of the quick start should name its file:\n${text}`)
  return { path, text }
}

function commandsOf(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/^\$ /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}
