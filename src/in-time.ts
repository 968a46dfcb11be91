// Waiting for an answer of the app's, and not for ever.

/**
 * The answer of `ask`, or an error after `limit` ms. The signal that `ask` is given is aborted when the time is over, and when
 * `left` says that whoever wanted to know has gone.
 */
export async function inTime<Answer>(
  limit: number,
  ask: (signal: AbortSignal) => Answer | Promise<Answer>,
  left?: AbortSignal,
): Promise<Answer> {
  const over = new AbortController()
  const leave = () => over.abort(left?.reason)
  left?.addEventListener('abort', leave, { once: true })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${limit} ms`)
      over.abort(error)
      reject(error)
    }, limit)
    timer.unref()
  })
  try {
    return await Promise.race([ask(over.signal), late])
  } finally {
    clearTimeout(timer)
    left?.removeEventListener('abort', leave)
  }
}

/** Resolves when the work is done, or after `timeout` ms. */
export async function within(timeout: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
