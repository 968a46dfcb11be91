// `npm test`: installs what is missing, builds, then runs every check in one run of Node's test runner.
// Arguments: parts of paths pick test files (`npm test -- unit/hub`); those with a dash go to the runner.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { runTests } from './runner.mjs'
import {
  ensureChromium,
  ensureDebianPackage,
  ensureDependencies,
  ensureRails,
  NATS,
  PROXIES,
  REDIS,
  root,
} from './setup.mjs'
import { runScript, StepError } from './step.mjs'

const KINDS = ['checks', 'unit', 'fuzz', 'integration', 'conformance', 'generator', 'package', 'browser', 'apps']

await runScript(async () => {
  const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
  const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'))
  const files = chooseFiles(filters)
  console.log(`Node ${process.version}, ${files.length} test files`)
  await ensureDependencies()
  await build()
  const env = await prepareTools(files)
  const { code, complaints } = await runTests(files, { flags, env })
  for (const complaint of complaints) console.error(`✖ ${complaint}`)
  process.exitCode = code || (complaints.length > 0 ? 1 : 0)
})

function chooseFiles(filters) {
  const files = readdirSync(join(root, 'test'), { recursive: true })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
  const lacking = KINDS.filter((kind) => !files.some((file) => file.startsWith(`test/${kind}/`)))
  if (lacking.length > 0) throw new StepError(`No test file of these kinds: ${lacking.join(', ')}. Nothing was run.`)
  const chosen = files.filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)))
  if (chosen.length === 0) throw new StepError(`No test file's path contains ${filters.join(' or ')}. Nothing was run.`)
  return chosen
}

/** Installs the tools that the chosen tests use. One that is not to be had fails in test/checks/tools.test.ts; the others go on. */
async function prepareTools(files) {
  const env = { ...process.env }
  const chromium = async () => {
    env.CHROME_PATH ??= await ensureChromium()
  }
  const tools = [
    ['test/browser/', chromium],
    ['test/generator/', chromium],
    ['test/apps/', chromium],
    ['test/package/', () => ensureDebianPackage('curl', 'curl')],
    ['test/integration/ruby/', ensureRails],
    ['test/integration/orms/', () => ensureDebianPackage('mvn', 'maven')],
    ...Object.entries({ ...REDIS, ...NATS }).flatMap(([binary, packageName]) =>
      ['test/unit/engine/', 'test/integration/', 'test/conformance/'].map((folder) => [
        folder,
        () => ensureDebianPackage(binary, packageName),
      ]),
    ),
    ...Object.entries({ nginx: PROXIES.nginx, curl: 'curl', openssl: 'openssl', python3: 'python3' }).map(
      ([binary, packageName]) => ['test/integration/docs-server', () => ensureDebianPackage(binary, packageName)],
    ),
    ...Object.entries(PROXIES).map(([binary, packageName]) => [
      'test/integration/security/',
      () => ensureDebianPackage(binary, packageName),
    ]),
  ]
  for (const [folder, ensure] of tools) {
    if (!files.some((file) => file.startsWith(folder) || file === 'test/checks/tools.test.ts')) continue
    try {
      await ensure()
    } catch (error) {
      if (!(error instanceof StepError)) throw error
      console.log(`  ${error.message}`)
    }
  }
  return env
}
