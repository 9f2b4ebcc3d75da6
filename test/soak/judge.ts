import { isSessionError } from 'unexpired'

import type { Account } from './account.js'
import type { Seat } from './seat.js'
import type { SoakAnswer } from './sending.js'
import { lifetimeS } from './settings.js'

/** A request, as it was made. */
export interface Made {
  readonly number: number
  readonly client: string
  readonly method: string
  readonly path: string
  readonly body: string | undefined
  readonly seat: Seat
  readonly account: Account
  readonly since: number
  /** Who was signed in at this seat; `undefined`: nobody, or that was not known yet. */
  readonly user: string | undefined
  readonly sessionId: string | undefined
  readonly generation: number
  /** Somebody was being signed in. */
  readonly isSigningIn: boolean
  /** Whether its own signal has been aborted. */
  isAborted(): boolean
}

export type Outcome = { readonly answer: SoakAnswer } | { readonly error: unknown }

/** What became of a request: a name for the table, and whether that is explained (yet). */
export interface Verdict {
  readonly kind: string
  /** `undefined`: it is right, or a fault explains it. */
  readonly wrong: string | undefined
}

const right = (kind: string): Verdict => ({ kind, wrong: undefined })

interface Echo {
  readonly method?: unknown
  readonly path?: unknown
  readonly query?: { readonly n?: unknown }
  readonly user?: unknown
  readonly body?: unknown
  readonly ordered?: unknown
}

/** Tokens that were new when a request was sent again may be over by then. */
const longMs = 0.7 * lifetimeS * 1000

/** A 401 is handed over where there is nobody to refresh for, or when the replay was turned away, too. */
function judgeTurnedAway(made: Made, now: number): Verdict {
  const { seat, since } = made
  if (isUnsettled(made)) return right('answered: 401, unsigned')
  const isLong = now - since > longMs
  // No event tells of it any more.
  if (isLong && seat.hasEnded('closed', since)) return right('answered: 401 twice, closed')
  if (!seat.wasTurnedAwayTwice(since)) {
    // The session is not sure that those tokens are to blame, and asks again in a while.
    if (seat.isDoubted(made.sessionId, made.generation)) return right('answered: 401, doubted')
    return { kind: 'answered: 401', wrong: 'a 401 was handed over' }
  }
  if (seat.hasEnded('refused', since)) return right('answered: 401 twice, revoked')
  if (isLong) return right('answered: 401 twice, two lifetimes')
  // Another order met the newer tokens, too: in sum, there must be as many orders.
  return right(twiceExpired)
}

export const twiceExpired = 'answered: 401 twice'

/** Not of a server: `getAccessToken` gave a token, or said that nobody is signed in. */
export const tokenStatus = 0

function judgeToken(made: Made, token: unknown): Verdict {
  if (token === undefined) {
    return { kind: 'no token', wrong: isUnsettled(made) ? undefined : 'there was no token' }
  }
  const { tokens } = made.seat.session
  const user = tokens?.accessToken === token ? String(tokens?.extra?.['user']) : made.user
  const isRight = user === made.user || (isUnsettled(made) && made.account.has(String(user)))
  const isToken = typeof token === 'string' && /^at_\w+$/.test(token)
  return { kind: 'token', wrong: isToken && isRight ? undefined : `the token is ${user}’s` }
}

function judgeAnswer(made: Made, { status, body }: SoakAnswer, now: number): Verdict {
  if (status === tokenStatus) return judgeToken(made, body)
  const echo = (typeof body === 'object' && body ? body : {}) as Echo
  if (status === 200) return judgeEcho(made, echo)
  if (echo.ordered === true) return right('answered: fault of the API')
  if (status === 401) return judgeTurnedAway(made, now)
  return { kind: 'answered: else', wrong: `answered with ${status}` }
}

function judgeEcho(made: Made, echo: Echo): Verdict {
  const kind = 'answered: 200'
  const pathname = made.path.slice(0, made.path.indexOf('?'))
  const isEcho =
    echo.query?.n === String(made.number) &&
    echo.method === made.method &&
    echo.path === pathname &&
    echo.body === (made.body ?? '')
  if (!isEcho) return { kind, wrong: 'the answer is another request’s' }
  const user = String(echo.user)
  const isRightUser = user === made.user || (isUnsettled(made) && made.account.has(user))
  return isRightUser ? right(kind) : { kind, wrong: `${user} has the answer of ${made.user}` }
}

/** Who it would be for was not settled when it was made. */
const isUnsettled = ({ user, isSigningIn }: Made): boolean => user === undefined || isSigningIn

const networkCodes = ['ERR_NETWORK', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ECONNABORTED']

function isNetworkError(error: unknown): boolean {
  const { name, code, message = '' } = error as { name?: string; code?: string; message?: string }
  if (code !== undefined && networkCodes.includes(code)) return true
  return name === 'TypeError' && /^(?:fetch failed|Failed to fetch|terminated)$/.test(message)
}

function judgeError(made: Made, error: unknown, now: number): Verdict {
  const { seat, since } = made
  if (isSessionError(error)) {
    if (error.code === 'session-ended') {
      const kind = `ended: ${error.reason}`
      const isTrue = seat.hasEnded(error.reason, since)
      return isTrue ? right(kind) : { kind, wrong: `no session ended so: ${error.reason}` }
    }
    if (error.code === 'refresh-unavailable') {
      const kind = `unavailable: ${error.reason}`
      const isTrue = seat.wasUnavailable(since, now)
      return isTrue ? right(kind) : { kind, wrong: `no refresh was unavailable: ${error.message}` }
    }
  }
  if (made.isAborted()) return right('aborted')
  if (isNetworkError(error)) return right('network error')
  return { kind: 'error: else', wrong: `unexplained: ${String(error)}` }
}

export function judge(made: Made, outcome: Outcome, now: number): Verdict {
  return 'answer' in outcome
    ? judgeAnswer(made, outcome.answer, now)
    : judgeError(made, outcome.error, now)
}

/** For whoever looks for it. */
export function describe({ number, client, method, path, seat, user }: Made): string {
  return `${seat.name}, ${client}, request ${number}: ${method} ${path} as ${user ?? 'nobody'}`
}
