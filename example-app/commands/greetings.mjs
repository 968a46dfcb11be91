// Says hello in many scripts, and cuts the bytes in the middle of characters, as a pipe may do at any time.
import { setTimeout as wait } from 'node:timers/promises'

const pace = Number(process.env.COMMAND_PACE ?? 300)
const greetings = ['Hello', 'Grüezi', 'Olá', 'Γειά σου', 'Здравствуйте', 'გამარჯობა', 'שלום', '你好', '😀 👩‍👩‍👧‍👦']

for (const greeting of greetings) {
  const bytes = Buffer.from(`${greeting}!\n`)
  // Inside the last character before the exclamation mark, wherever that character has several bytes.
  const cut = bytes.length - 3
  process.stdout.write(bytes.subarray(0, cut))
  await wait(pace)
  process.stdout.write(bytes.subarray(cut))
  await wait(pace / 2)
}
