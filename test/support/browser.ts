// A real Chromium for a test file: the one that is installed, never one that is downloaded.

import { type Browser, chromium } from 'playwright-core'
import { findChromium, missing } from '../../scripts/setup.mjs'

/** Starts Chromium without a window. The caller closes it. Throws with what to install when there is none. */
export async function launchBrowser(further: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath) throw new Error(missing('chromium', 'chromium', 'or set CHROME_PATH to a Chromium or Chrome'))
  return chromium.launch({
    executablePath,
    args: [
      // A test may run as root in a container, where Chromium's sandbox cannot be set up.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...further,
    ],
  })
}
