// docs/operating.md names every channel and what each carries.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProjectFile } from '../support/project-files.ts'

const source = readProjectFile('src/diagnostics.ts')
const table = new Map(
  [...readProjectFile('docs/operating.md').matchAll(/^\| `(turbo-cable:\w+)` \|[^|]*\|([^|]*)\|$/gm)].map(
    ([, name = '', carries = '']) => [name, carries],
  ),
)

test('docs/operating.md has a row for each channel', () => {
  const names = [...source.matchAll(/^ {2}'(turbo-cable:\w+)': channel\('\1'\)/gm)].map(([, name]) => name)
  assert.ok(names.length > 0)
  assert.deepEqual([...table.keys()], names)
})

test('each row names every field', () => {
  for (const [, name = '', type = ''] of source.matchAll(/^ {2}'(turbo-cable:\w+)': (\w+)$/gm)) {
    const fields = [...fieldsOf(type)].filter((field) => field !== 'cable')
    const missing = fields.filter((field) => !table.get(name)?.includes(`\`${field}\``))
    assert.ok(fields.length > 0, type)
    assert.deepEqual(missing, [], name)
  }
})

function fieldsOf(type: string): string[] {
  const [, above, body = ''] = new RegExp(`interface ${type}(?: extends (\\w+))? {\n(.*?)\n}`, 's').exec(source) ?? []
  const own = [...body.matchAll(/^ {2}readonly (\w+):/gm)].map(([, field = '']) => field)
  return above ? [...fieldsOf(above), ...own] : own
}
