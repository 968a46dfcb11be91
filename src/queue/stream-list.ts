// The broadcasts of one stream that wait in Redis, and which job sends them now. Each step is one script, so that no two workers
// can come between its parts.

/** What is needed of BullMQ's `Queue`, of version 5 or 6. */
export interface BullQueue {
  add(name: string, data: { stream: string }, options: { removeOnComplete: boolean }): Promise<unknown>
  toKey(type: string): string
  getJobState(id: string): Promise<string>
  /** The Redis client of version 5. */
  readonly client?: Promise<unknown>
  /** Has the Redis client of version 6. */
  getBackend?(): { readonly client?: Promise<unknown> }
}

// What of Redis' clients is used, as BullMQ hands them out; `runCommand` is in version 6.
interface RedisClient {
  defineCommand(name: string, command: { readonly numberOfKeys: number; readonly lua: string }): void
  runCommand?(name: string, args: readonly string[]): Promise<unknown>
}

const scripts = {
  push: "return redis.call('rpush', KEYS[1], ARGV[1])",
  // A holder that has died is given to take the stream from it, and from no other.
  claim: `
    local holder = redis.call('get', KEYS[2])
    if holder and holder ~= ARGV[1] and holder ~= ARGV[2] then return holder end
    redis.call('set', KEYS[2], ARGV[1])
    return ARGV[1]`,
  // In one step with the look whether more waits: whoever adds to the list after it finds the stream free.
  next: `
    if redis.call('get', KEYS[2]) ~= ARGV[1] then return false end
    if redis.call('lindex', KEYS[1], 0) == ARGV[2] then redis.call('lpop', KEYS[1]) end
    local head = redis.call('lindex', KEYS[1], 0)
    if not head then redis.call('del', KEYS[2]) end
    return head`,
  drop: `
    if redis.call('get', KEYS[2]) ~= ARGV[1] then return 0 end
    if redis.call('lindex', KEYS[1], 0) == ARGV[2] then redis.call('lpop', KEYS[1]) end
    redis.call('del', KEYS[2])
    return redis.call('llen', KEYS[1])`,
}

/** The list of one stream. `me` is the id of a job. */
export class StreamList {
  readonly #queue: BullQueue
  readonly #keys: readonly [list: string, holder: string]

  constructor(queue: BullQueue, stream: string) {
    this.#queue = queue
    // Both after the queue's own prefix, so that they are in the slot of a cluster that a prefix in braces names.
    this.#keys = [queue.toKey(`stream:${stream}`), queue.toKey(`stream-holder:${stream}`)]
  }

  async push(entry: string): Promise<void> {
    await this.#run('push', entry)
  }

  /** Takes the stream; false while another job has it that is going to send what waits, now or when it is tried again. */
  async claim(me: string): Promise<boolean> {
    const holder = String(await this.#run('claim', me, ''))
    if (holder === me) return true
    if (!over.has(await this.#queue.getJobState(holder))) return false
    return (await this.#run('claim', me, holder)) === me
  }

  /** Takes away what was sent and returns what comes next. Gives the stream up when nothing waits. */
  async next(me: string, sent = ''): Promise<string | undefined> {
    const head = await this.#run('next', me, sent)
    return typeof head === 'string' ? head : undefined
  }

  /** Takes away what failed and gives the stream up; true if more waits. */
  async drop(me: string, failed: string): Promise<boolean> {
    return Number(await this.#run('drop', me, failed)) > 0
  }

  async #run(name: keyof typeof scripts, ...args: string[]): Promise<unknown> {
    const client = await clientOf(this.#queue)
    const command = commandOf(name)
    const all = [...this.#keys, ...args]
    if (client.runCommand) return client.runCommand(command, all)
    return (client as unknown as Record<string, (args: string[]) => Promise<unknown>>)[command]?.(all)
  }
}

/** States of a job that is not going to run any more. */
const over = new Set(['completed', 'failed', 'unknown'])

const clients = new WeakMap<BullQueue, Promise<RedisClient>>()

function clientOf(queue: BullQueue): Promise<RedisClient> {
  const known = clients.get(queue)
  if (known) return known
  const made = defined((queue.client ?? queue.getBackend?.().client) as Promise<RedisClient> | undefined)
  clients.set(queue, made)
  return made
}

async function defined(given: Promise<RedisClient> | undefined): Promise<RedisClient> {
  const client = await given
  if (!client) throw new TypeError('Expected a BullMQ queue that keeps its jobs in Redis')
  for (const [name, lua] of Object.entries(scripts)) client.defineCommand(commandOf(name), { numberOfKeys: 2, lua })
  return client
}

function commandOf(name: string): string {
  return `turboCable_${name}`
}
