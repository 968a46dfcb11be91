// The programs of docs/typescript.md compile against the package as it is shipped, and a slip on either side does not.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AppFolder } from '../support/app-folder.ts'
import { docsPrograms } from '../support/docs.ts'
import { root } from '../support/run.ts'

const page = 'docs/typescript.md'
const compiler = join(root, 'node_modules/typescript/bin/tsc')

for (const [title, options] of [
  ['as Node resolves', { module: 'nodenext' }],
  ['as a bundler resolves', { module: 'esnext', moduleResolution: 'bundler' }],
] as const) {
  test(`the programs of docs/typescript.md compile, ${title}; with a slip they do not`, async () => {
    const folder = new AppFolder(['@types/node', '@types/debug'])
    const compilerOptions = {
      ...options,
      target: 'es2022',
      lib: ['es2023', 'dom'],
      types: ['node'],
      strict: true,
      noEmit: true,
    }
    try {
      folder.copy(page, ...docsPrograms(page))
      folder.write('package.json', '{ "type": "module" }')
      folder.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }))
      const whole = await folder.run([compiler, '-p', '.'])
      assert.equal(whole.code, 0, whole.output)

      for (const [file, from, to, complaint] of [
        ['server.ts', '{ progress: 50 }', '{ percent: 50 }', /server\.ts.*'percent' does not exist/],
        ['browser.ts', '({ progress })', '({ percent: progress })', /^browser\.ts/m],
        ['events.ts', '{ stream, data }', '{ stream, date: data }', /events\.ts.*'date' does not exist/],
      ] as const) {
        const text = readFileSync(join(folder.path, file), 'utf8')
        assert.ok(text.includes(from))
        folder.write(file, text.replace(from, to))
        const wrong = await folder.run([compiler, '-p', '.'])
        assert.match(wrong.output, complaint)
        folder.write(file, text)
      }
    } finally {
      folder.remove()
    }
  })
}
