// Asking a yes-or-no function of the app's. Whatever it does, the process goes on and the answer is safe.

import { logger, reasonOf, warnSeldomOf } from './log'

// Whoever may ask can have it throw.
const say = warnSeldomOf(logger('verdict'))

/**
 * The function's answer to what it is `given`, which counts as yes only if it is exactly true. Where it throws, `otherwise` is the
 * answer, and the log says so; a promise is no answer either, and its rejection is nobody else's to catch.
 */
export function verdict<Given extends readonly unknown[]>(
  name: string,
  ask: (...given: Given) => unknown,
  given: Given,
  otherwise: boolean,
): boolean {
  try {
    const answer = ask(...given)
    if (!(answer instanceof Promise)) return answer === true
    answer.catch(() => {})
    say(ask, name, `${name} must answer at once, and gave a promise: taken for a refusal`)
  } catch (error) {
    say(ask, name, `${name} threw, which is taken for a refusal: ${reasonOf(error)}`)
  }
  return otherwise
}
