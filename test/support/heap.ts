// How much memory is in use, for tests of what is kept.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes of the heap that something still refers to. */
export function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

/** Bytes outside the heap that buffers hold and something still refers to. */
export function buffersInUse(): number {
  heapInUse()
  return process.memoryUsage().arrayBuffers
}
