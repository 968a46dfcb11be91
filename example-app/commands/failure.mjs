// Ends badly: some lines on the error channel, and exit code 3.
import { setTimeout as wait } from 'node:timers/promises'

const pace = Number(process.env.COMMAND_PACE ?? 300)

console.log('Looking for the missing judge…')
await wait(pace * 2)
console.error('error: the judge is at the café ☕')
await wait(pace)
process.exitCode = 3
