// Asking a yes-or-no function of the app's. Whatever it does, the process goes on and the answer is safe.

import { warn } from './log'

/**
 * The function's answer, which counts as yes only if it is exactly true. Where it throws, `otherwise` is the answer, and the
 * log says so; a promise is no answer either, and its rejection is nobody else's to catch.
 */
export function verdict(name: string, ask: () => unknown, otherwise: boolean): boolean {
  try {
    const answer = ask()
    if (!(answer instanceof Promise)) return answer === true
    answer.catch(() => {})
    warn(`${name} must answer at once, and gave a promise: taken for a refusal`)
  } catch (error) {
    warn(`${name} threw, which is taken for a refusal: ${error instanceof Error ? error.message : error}`)
  }
  return otherwise
}
