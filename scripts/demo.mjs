// `npm run demo`: installs what is missing, builds, and runs the Showcase in this process, so that signals reach it as they are.
import { build } from './build.mjs'
import { ensureDependencies } from './setup.mjs'
import { runScript } from './step.mjs'

await runScript(async () => {
  await ensureDependencies()
  await build()
  await import('../example-app/server.mjs')
})
