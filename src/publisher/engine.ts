// A publisher for processes that have no hub but can reach the engine of those that have: broadcasts go straight there.

import type { Engine } from '../engine/engine'
import type { Publisher } from './publisher'

/** A publisher over an engine. It is taken as soon as the engine has it. */
export function enginePublisher(engine: Engine): Publisher {
  return {
    publish: (broadcasts, id, givenUp) =>
      engine.publish(
        broadcasts.map(({ stream, data, exclude }) => ({ stream, json: JSON.stringify(data), exclude })),
        id,
        givenUp,
      ),
    refreshAll: async (id) => {
      await engine.refreshAll(id)
      return true
    },
    cursor: () => engine.cursor(),
  }
}
