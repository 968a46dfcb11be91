// Pretends to back up a database, table by table: enough lines to make the page scroll.
import { setTimeout as wait } from 'node:timers/promises'

const pace = Number(process.env.COMMAND_PACE ?? 300)
const tables = ['counters', 'heats', 'scores', 'config_updates', 'playlists', 'command_runs']

console.log(`backup of ${tables.length} tables\n`)
for (const [index, table] of tables.entries()) {
  process.stdout.write(`  ${table.padEnd(16)} `)
  for (let block = 0; block < 12; block++) {
    process.stdout.write('▮')
    await wait(pace / 6)
  }
  console.log(`  ✓ ${index + 1}/${tables.length}`)
}
console.log('\nDone.')
