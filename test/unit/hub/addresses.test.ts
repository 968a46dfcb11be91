// What a connection has by address: as a Map has it, for none, one and several.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Addresses } from '../../../src/hub/addresses.ts'

const addresses = ['a', 'b', 'c', '']
const step = fc.record({ address: fc.constantFrom(...addresses), value: fc.option(fc.nat(9), { nil: undefined }) })

test('whatever is set and deleted, there is what a Map would have', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const ours = new Addresses<number>()
      const map = new Map<string, number>()
      for (const { address, value } of steps) {
        if (value === undefined) {
          ours.delete(address)
          map.delete(address)
        } else {
          ours.set(address, value)
          map.set(address, value)
        }
        assert.equal(ours.size, map.size)
        assert.deepEqual([...ours.values()], [...map.values()])
        for (const each of addresses) assert.equal(ours.get(each), map.get(each))
      }
    }),
    { seed: 20_261_128, numRuns: 500 },
  )
})
