// A real Chromium for a test file: the one that is installed, never one that is downloaded.

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const apps = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Starts Chromium without a window. The caller closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      // A test may run as root in a container, where Chromium's sandbox cannot be set up.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** CHROME_PATH, or the first known browser there is. Throws with what to install when there is none. */
export function chromiumPath(env: NodeJS.ProcessEnv = process.env): string {
  const { CHROME_PATH: given, PATH = '' } = env
  if (given) {
    if (existsSync(given)) return given
    throw new Error(`CHROME_PATH is ${given}, and there is no such file`)
  }
  const folders = PATH.split(delimiter).filter(Boolean)
  const candidates = [...commands.flatMap((command) => folders.map((folder) => join(folder, command))), ...apps]
  const found = candidates.find((candidate) => existsSync(candidate))
  if (found) return found
  throw new Error(
    'No Chromium was found. Install one (Debian: apt-get install chromium), or set CHROME_PATH to its file',
  )
}
