// Looks at JavaScript and TypeScript without parsing it: hides what is not code, so that a search finds code alone.

const beforeRegExp =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^\n]|\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await))$/

const lookBehind = 40

/**
 * A copy of the same length in which comments, the insides of strings and regular expressions are blank. Positions in
 * the copy are positions in the source; quotes and line breaks stay.
 *
 * @example maskScript("const a = 'b' // c") // "const a = ' '     "
 */
export function maskScript(source: string): string {
  const masked: string[] = []
  // What stands before a place, as code: it tells a regular expression from a division.
  let before = ''
  for (let at = 0; at < source.length; ) {
    const end = hiddenEnd(source, at, before)
    const text = end === at ? source.charAt(at) : hide(source.slice(at, end))
    masked.push(text)
    before = (before + text.slice(-lookBehind)).slice(-lookBehind)
    at = Math.max(end, at + 1)
  }
  return masked.join('')
}

// Where the comment, string or regular expression that starts at this place ends; the same place where none starts.
function hiddenEnd(source: string, at: number, before: string): number {
  const char = source[at]
  const next = source[at + 1]
  if (char === '#' && next === '!' && /^\uFEFF?$/.test(source.slice(0, at))) return lineEnd(source, at)
  if (char === '/' && next === '/') return lineEnd(source, at)
  if (char === '/' && next === '*') return after(source, '*/', at + 2)
  if (char === "'" || char === '"') return stringEnd(source, at, char)
  if (char === '`') return templateEnd(source, at)
  if (char === '/' && beforeRegExp.test(before.replace(/[ \t]+$/, ''))) return regExpEnd(source, at)
  return at
}

function hide(text: string): string {
  const quote = text[0] ?? ''
  const blank = text.replace(/[^\r\n]/g, ' ')
  if (quote === '/' && !/^\/[/*]/.test(text)) return blank.replace(/ /g, '_')
  if (!['"', "'", '`'].includes(quote) || text.length < 2) return blank
  return `${quote}${blank.slice(1, -1)}${text.endsWith(quote) ? quote : (text.at(-1) ?? '')}`
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf('\n', from)
  if (end < 0) return source.length
  return source[end - 1] === '\r' ? end - 1 : end
}

function after(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from)
  return end < 0 ? source.length : end + mark.length
}

// A string cannot hold a line break: an apostrophe in the text of a JSX element hides no more than its own line.
function stringEnd(source: string, from: number, quote: string): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === quote) return at + 1
    else if (source[at] === '\n') return at
  }
  return source.length
}

// Templates hold expressions, which hold templates: without a call for each, as there may be any number.
function templateEnd(source: string, from: number): number {
  // What is open, outermost first: 0 is the text of a template, more are the braces of an expression.
  const open = [0]
  for (let at = from + 1; at < source.length; at++) {
    const char = source[at]
    const braces = open.at(-1) as number
    if (braces === 0) {
      if (char === '\\') at++
      else if (char === '`') open.pop()
      else if (source.startsWith('${', at)) {
        open.push(1)
        at++
      }
      if (open.length === 0) return at + 1
    } else if (char === "'" || char === '"') at = stringEnd(source, at, char) - 1
    else if (char === '`') open.push(0)
    else if (char === '{') open[open.length - 1] = braces + 1
    else if (char === '}') {
      if (braces === 1) open.pop()
      else open[open.length - 1] = braces - 1
    }
  }
  return source.length
}

function regExpEnd(source: string, from: number): number {
  let inClass = false
  for (let at = from + 1; at < source.length; at++) {
    const char = source[at]
    if (char === '\\') at++
    else if (char === '\n') return from
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) return at + 1
  }
  return from
}
