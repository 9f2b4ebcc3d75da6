import type { Outcome } from './port.js'

/** What the caller is given. */
export function settle<R>(outcome: Outcome<R>): R | Promise<R> {
  return 'error' in outcome ? Promise.reject(outcome.error) : outcome.value
}

interface StatusBearer {
  status?: unknown
  response?: StatusBearer
}

/** The answer in an outcome, where there was one. */
export function responseOf(outcome: Outcome<unknown>): unknown {
  return 'error' in outcome ? (outcome.error as StatusBearer | undefined)?.response : outcome.value
}

/** Only a response counts (G28). */
export function isUnauthorized(outcome: Outcome<unknown>): boolean {
  const bearer = ('error' in outcome ? outcome.error : outcome.value) as StatusBearer | undefined
  return bearer?.status === 401 || bearer?.response?.status === 401
}
