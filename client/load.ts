// How a page comes by what it seldom needs: whoever bundles the client has it in the bundle, and from the start.

import * as seldom from './seldom.js'

seldom.activate()

export type Seldom = typeof seldom

export async function load(_attempt: number): Promise<Seldom> {
  return seldom
}
