import type { KeptAnswer } from './kept-answer.js'
import type { ReadyUndiciOptions } from './options.js'
import type { ShownResponse } from './shown-response.js'

/** Whether an answer says that the token has expired; a promise where that takes its body. */
export type Verdict = boolean | PromiseLike<boolean>

/** Asks the app, where it has an opinion. It throws nothing. */
export function askExpired(
  expired: ReadyUndiciOptions['expired'],
  response: ShownResponse,
  kept: KeptAnswer,
): Verdict {
  if (!expired) return response.statusCode === 401
  try {
    // JavaScript may return anything.
    const verdict = expired(response) as Partial<PromiseLike<boolean>> | null
    if (typeof verdict?.then !== 'function') return !!verdict
    return verdict.then(undefined, (error: unknown) => {
      // A body that is no JSON, or none to wait for, does not say that anything has expired.
      if (kept.wasRefused || error instanceof SyntaxError) return false
      throw error
    })
  } catch (error) {
    // The session shows it.
    return Promise.reject(error)
  }
}
