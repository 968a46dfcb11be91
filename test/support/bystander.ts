// Who was there all along: a subscriber that must get every message, whatever others do to the server meanwhile.

import assert from 'node:assert/strict'
import type { TestClient } from './client.ts'
import type { Context } from './with-cable.ts'

/** What no one but the bystander may ever receive. */
export const confidential = 'confidential-7f3a'

export class Bystander {
  readonly #cable: Context['cable']
  readonly #client: TestClient
  #sent = 0

  private constructor(cable: Context['cable'], client: TestClient) {
    this.#cable = cable
    this.#client = client
  }

  /** Subscribes to `name`, which means the stream `private`. */
  static async to(name: string, { connect, cable }: Pick<Context, 'connect' | 'cable'>, headers = {}) {
    const client = await connect('/cable', headers)
    assert.equal((await client.subscribe(name)).type, 'subscribed')
    return new Bystander(cable, client)
  }

  /** One more confidential message: sent, and received by the bystander. */
  async check(): Promise<void> {
    const data = { confidential, n: ++this.#sent }
    await this.#cable.broadcastJson('private', data)
    assert.deepEqual((await this.#client.next()).data, data)
  }
}
