import { isSessionError } from 'unexpired'
import type { NeutralAnswer } from '../contract/neutral-client.js'
import type { BackEnd } from './back-end.js'
import type { End } from './rows.js'

/** What it may come to, right or wrong. */
export type AnyEnd = End | 'never' | `status ${number}` | `error: ${string}` | 'a strange answer'

export interface Settled {
  readonly end: AnyEnd
  readonly error: unknown
  readonly tookMs: number
}

const aborts = ['AbortError', 'CanceledError', 'TimeoutError']

function endOfError(error: unknown): AnyEnd {
  if (isSessionError(error)) {
    if (error.code === 'session-ended' && error.reason === 'refused') return 'refused'
    if (error.code === 'refresh-unavailable') return `unavailable: ${error.reason}`
    return `error: ${error.code}`
  }
  if (!(error instanceof Error)) return `error: ${typeof error}`
  return aborts.includes(error.name) ? 'aborted' : 'network error'
}

function endOfAnswer(answer: NeutralAnswer, backEnd: BackEnd): AnyEnd {
  const { status, raw } = answer
  if (status >= 400) return `status ${status}`
  // axios throws where the body was cut, and its error has what had come of the answer.
  if (raw instanceof Error) return 'network error'
  if (backEnd.isServed(answer)) return 'served'
  return answer.text().startsWith('<!doctype') ? 'portal' : 'a strange answer'
}

/** What a request comes to within `ms`: `'never'`, where it settles later or not at all. */
export function settled(
  answer: Promise<NeutralAnswer>,
  backEnd: BackEnd,
  ms: number,
): Promise<Settled> {
  const startedAt = performance.now()
  const told = (end: AnyEnd, error?: unknown): Settled => ({
    end,
    error,
    tookMs: performance.now() - startedAt,
  })
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(told('never')), ms)
    answer
      .then(
        (value) =>
          told(endOfAnswer(value, backEnd), value.raw instanceof Error ? value.raw : undefined),
        (error: unknown) => told(endOfError(error), error),
      )
      .then(resolve, (error: unknown) => resolve(told('a strange answer', error)))
      .finally(() => clearTimeout(timer))
  })
}

/** The codes of an error and of what caused it. */
export function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return []
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(cause)]
}
