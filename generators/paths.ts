// Paths inside the app: relative to its directory, with forward slashes on every system.

/** Joins two paths and resolves `.` and `..`: `posixJoin('src/', '../app.js')` is `app.js`. */
export function posixJoin(directory: string, name: string): string {
  const parts: string[] = []
  for (const part of `${directory}/${name}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** The directory of a path with a slash at its end, or an empty string for a file of the top directory. */
export function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

/** How a script in one directory names another file: `relativePath('src/', 'src/a/b.js')` is `./a/b.js`. */
export function relativePath(directory: string, path: string): string {
  const from = directory.split('/').filter(Boolean)
  const to = path.split('/')
  while (from.length > 0 && from[0] === to[0]) {
    from.shift()
    to.shift()
  }
  return `${from.length === 0 ? './' : '../'.repeat(from.length)}${to.join('/')}`
}

/**
 * A text for the terminal: control characters, and those that turn the direction of writing, are written out.
 *
 * @example printable('a\u001b[2J.ejs') // 'a\\u001b[2J.ejs'
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
