// Random damage to valid messages, from a seed that a failing test prints.

import { seededChance } from './chance.ts'

/** An endless supply of mutations of the given texts. */
export function mutations(...valid: string[]): { readonly seed: number; next(): Buffer } {
  const { seed, below } = seededChance()
  const damage: ((bytes: Buffer) => Buffer)[] = [
    (bytes) => {
      const copy = Buffer.from(bytes)
      copy[below(copy.length)] = below(256)
      return copy
    },
    (bytes) => bytes.subarray(0, below(bytes.length)),
    (bytes) => {
      const at = below(bytes.length)
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(bytes.length))])
    },
    (bytes) => Buffer.concat([bytes, bytes.subarray(below(bytes.length))]),
    (bytes) => Buffer.from(bytes.toString('latin1').replace(/"[^"]*"/, () => pieces[below(pieces.length)] as string)),
    (bytes) =>
      Buffer.from(bytes.toString('latin1').replace(/:("[^"]*"|\d+)/, () => `:${pieces[below(pieces.length)]}`)),
  ]
  const next = (): Buffer => {
    let bytes: Buffer = Buffer.from(valid[below(valid.length)] as string)
    for (let round = below(3); round >= 0 && bytes.length > 0; round--)
      bytes = (damage[below(damage.length)] as (typeof damage)[0])(bytes)
    return bytes
  }
  return { seed, next }
}

const pieces = [
  'null',
  'true',
  '-1',
  '1e999',
  '""',
  '"\\ud800"',
  '"a,b"',
  '"\\u0000"',
  '[]',
  '{}',
  '{"__proto__":1}',
  '"__proto__"',
  '"constructor"',
  `"${'x'.repeat(600)}"`,
  '[[[[[[]]]]]]',
  '"é☃😀"',
]
