/** Shared by all copies of this package on one page, so that guards hold across ESM and CommonJS. */
const brand = Symbol.for('unexpired.SessionError')

/** Why a session ended: refused by the authorization server, signed out by the app, replaced by another sign-in, or closed. */
export type SessionEndReason = 'refused' | 'signed-out' | 'replaced' | 'closed'

/** Why a refresh is unavailable. */
export type UnavailableReason = 'network' | 'timeout' | 'server' | 'invalid-response'

/**
 * Everything that this package throws. What the network or a client threw passes through as it is:
 * an HTTP error, an abort or a timeout of a request is not one.
 *
 * No message, property or cause holds a token.
 */
export class SessionError extends Error {
  /** What went wrong, for programs. */
  readonly code:
    | 'session-ended'
    | 'refresh-unavailable'
    | 'invalid-token-response'
    | 'refresh-refused'
    | 'invalid-option'
    | 'origin-unknown'
    | 'credential-failed'

  constructor(code: SessionError['code'], message: string, cause?: unknown) {
    super(`[unexpired] ${message}`, cause === undefined ? undefined : { cause })
    this.code = code
    hide(this, brand, true)
    hide(this, 'name', 'SessionError')
  }

  /** What a log may show. */
  toJSON(): object {
    const { name, message } = this
    return Object.assign({ name, message }, this)
  }
}

const endings: Record<SessionEndReason, string> = {
  refused: 'the refresh was refused',
  'signed-out': 'signed out',
  replaced: 'another sign-in replaced it',
  closed: 'session.close() was called',
}

/**
 * The session that a request was made in is over: sign in again.
 *
 * `response` is the answer that turned the request away, where one was received.
 */
export class SessionEndedError extends SessionError {
  declare readonly code: 'session-ended'
  /** Why it ended. */
  readonly reason: SessionEndReason
  /** The answer that turned this request away. Not enumerable, so that no log shows it. */
  declare readonly response: unknown

  constructor(reason: SessionEndReason, response?: unknown, cause?: unknown) {
    super('session-ended', `the session has ended: ${endings[reason]}`, cause)
    hide(this, 'name', 'SessionEndedError')
    this.reason = reason
    hide(this, 'response', response)
  }
}

/**
 * The refresh failed in a way that may pass. The session lives; try again after `retryAfterMs`.
 */
export class RefreshUnavailableError extends SessionError {
  declare readonly code: 'refresh-unavailable'
  /** What failed. */
  readonly reason: UnavailableReason
  /** Milliseconds until a request will try to refresh again. */
  readonly retryAfterMs: number

  constructor(reason: UnavailableReason, retryAfterMs: number, detail: string, cause?: unknown) {
    super('refresh-unavailable', `the refresh is unavailable (${reason}): ${detail}`, cause)
    hide(this, 'name', 'RefreshUnavailableError')
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * What was given as tokens is unfit: no access token in it, or one that no header can carry.
 * `signIn` and `adopt` reject with it; in a refresh it is the cause of a {@link RefreshUnavailableError}.
 */
export class InvalidTokenResponseError extends SessionError {
  declare readonly code: 'invalid-token-response'

  constructor(detail: string) {
    super('invalid-token-response', `unfit tokens: ${detail}`)
    hide(this, 'name', 'InvalidTokenResponseError')
  }
}

/**
 * Throw it from a refresh function to say: this refresh token will never be taken again. The session
 * ends, with reason `refused`.
 *
 * @example
 * ```ts
 * if (data.code !== 0) throw new RefreshRefusedError(data.message)
 * ```
 * @see RFC 6749 §5.2, `invalid_grant`
 */
export class RefreshRefusedError extends SessionError {
  declare readonly code: 'refresh-refused'

  constructor(message = 'the refresh was refused', options?: { cause?: unknown }) {
    super('refresh-refused', message, options?.cause)
    hide(this, 'name', 'RefreshRefusedError')
  }
}

/** Any error of this package, told apart by `code`. */
export type AnySessionError =
  | SessionEndedError
  | RefreshUnavailableError
  | InvalidTokenResponseError
  | RefreshRefusedError
  | (SessionError & { readonly code: 'invalid-option' | 'origin-unknown' | 'credential-failed' })

/**
 * Whether `value` is an error of this package. It holds across copies of the package, as when one is
 * ESM and another CommonJS.
 *
 * @example
 * ```ts
 * if (isSessionError(error) && error.code === 'session-ended') showSignIn(error.reason)
 * ```
 */
export function isSessionError(value: unknown): value is AnySessionError {
  try {
    return brand in (value as object)
  } catch {
    // What is no object, or a proxy that cannot be looked at, is not ours.
    return false
  }
}

function hide(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, writable: true })
}
