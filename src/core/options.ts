import { systemClock, type Clock } from './clock.js'
import type { Credential, HeaderOptions } from './credential.js'
import { SessionError } from './errors.js'
import type { SignedOutEvent } from './events.js'
import type { RefreshRequest } from './flight.js'
import { memoryStore } from './memory-store.js'
import type { ResponseLike } from './refresh-answer.js'
import { assumedSessionId, firstRecord } from './record.js'
import type { StoredSession, TokenStore } from './store.js'
import type { CookieResponse, TokenResponse, Tokens } from './tokens.js'

/** What both kinds of session take. */
export interface SessionOptionsBase {
  /**
   * Where the tokens live.
   *
   * @defaultValue `memoryStore()`
   */
  store?: TokenStore | undefined
  /**
   * Whether what `refresh` threw means that the authorization server will never again take this
   * refresh token. Where `refresh` returned a Response that is not ok, it is given an error with
   * `status`, `headers` and `data`. A {@link RefreshRefusedError} is always a refusal.
   *
   * @defaultValue `invalid_grant` (RFC 6749 §5.2), or a 401 that names no other OAuth error
   */
  refused?: ((error: unknown) => boolean) | undefined
  /**
   * The lifetime of an access token in seconds, where no `expiresIn` came with it. `jwtLifetime` of
   * `unexpired/jwt` reads it from a JWT.
   */
  lifetime?: ((tokens: Tokens) => number | undefined) | undefined
  /**
   * How long before its end a token is refreshed beside the requests, in milliseconds. The point is
   * drawn between half of it and all of it; it is never more than a fifth of the lifetime.
   *
   * @defaultValue 60_000
   */
  refreshAheadMs?: number | undefined
  /**
   * How long before its end a token is not sent any more, in milliseconds: requests are held. Never
   * more than a tenth of the lifetime.
   *
   * @defaultValue 5_000
   */
  refreshLeewayMs?: number | undefined
  /**
   * How long one call of `refresh` may take, in milliseconds. All tries of one refresh together take
   * at most twice that.
   *
   * @defaultValue 10_000
   */
  refreshTimeoutMs?: number | undefined
  /**
   * Called once for each session that ends here, by whichever hand: send the user to sign in. With
   * reason `replaced` another session is in force already, as after a `signIn` without a `signOut`.
   */
  onSignedOut?: ((event: SignedOutEvent) => void) | undefined
  /**
   * Where time comes from.
   *
   * @defaultValue the platform's clocks and timers
   */
  clock?: Clock | undefined
}

/** Options of a session that holds tokens. */
export interface TokenSessionOptions extends SessionOptionsBase {
  /**
   * What goes onto each attempt at a request: the token alone, in the client's `header`, or what a
   * function makes of it, given method and URL.
   *
   * @defaultValue 'token'
   */
  credential?: 'token' | Credential | undefined
  /**
   * Trades the refresh token for new tokens. It may return tokens, the token endpoint's JSON as it
   * came, or a fetch Response; what it throws is read for status, OAuth error and `Retry-After`.
   *
   * @throws {@link RefreshRefusedError}, to say: never again
   */
  refresh(request: RefreshRequest): PromiseLike<TokenResponse | ResponseLike>
}

/** Options of a session whose credential is a cookie, which the browser carries and nobody here reads. */
export interface CookieSessionOptions extends SessionOptionsBase {
  credential: 'cookie'
  /** Has the server set new cookies. It may return nothing, `{ expiresIn }`, or a fetch Response. */
  refresh(
    request: RefreshRequest,
  ): PromiseLike<CookieResponse | ResponseLike | null | undefined | void>
}

/** Options of a session, of either kind. */
export type SessionOptions = TokenSessionOptions | CookieSessionOptions

/** Two of them, and the store's deadlines, must fit into a timer of any platform (milliseconds). */
const longestTimeoutMs = 1_000_000_000

/** Options, checked and complete. */
export interface ReadyOptions {
  readonly refresh: (request: RefreshRequest) => unknown
  readonly store: TokenStore
  readonly cookie: boolean
  /** The app's own, where it has one. */
  readonly credential: Credential | undefined
  /** Nothing tells whether the browser carries a session: one counts as there until it is refused. */
  readonly assumed: StoredSession | undefined
  readonly refused: ((error: unknown) => boolean) | undefined
  readonly lifetime: ((tokens: Tokens) => number | undefined) | undefined
  readonly refreshAheadMs: number
  readonly refreshLeewayMs: number
  readonly refreshTimeoutMs: number
  readonly onSignedOut: ((event: SignedOutEvent) => void) | undefined
  readonly clock: Clock
}

/** @throws SessionError `invalid-option`, naming the option, what came and what was expected */
export function readOptions(options: SessionOptions): ReadyOptions {
  const given = check('options', options, 'an object', typeof options === 'object' && !!options)
  const { refresh, store, credential, refused, lifetime, onSignedOut, clock } = given

  const duration = (name: string, value: number | undefined, normal: number, least: number) => {
    const expected = least ? 'a positive number of milliseconds' : 'milliseconds, 0 or more'
    const isRight = value === undefined || (Number.isFinite(value) && value >= least)
    return check(name, value, expected, isRight) ?? normal
  }

  check(
    'credential',
    credential,
    "'token', 'cookie' or a function",
    typeof credential === 'function' || [undefined, 'token', 'cookie'].includes(credential),
  )
  check(
    'store',
    store,
    'a TokenStore, with load and replace',
    store === undefined || hasMethods(store, 'load', 'replace'),
  )
  check(
    'clock',
    clock,
    'a Clock',
    clock === undefined || hasMethods(clock, 'now', 'monotonic', 'setTimeout'),
  )
  callback('refused', refused)
  callback('lifetime', lifetime)
  callback('onSignedOut', onSignedOut)
  const cookie = credential === 'cookie'
  const time = clock ?? systemClock
  return {
    refresh: check('refresh', refresh, 'a function', typeof refresh === 'function'),
    store: store ?? memoryStore(),
    cookie,
    credential: typeof credential === 'function' ? credential : undefined,
    assumed: cookie ? firstRecord(assumedSessionId, { accessToken: '' }, time) : undefined,
    refused,
    lifetime,
    refreshAheadMs: duration('refreshAheadMs', given.refreshAheadMs, 60_000, 0),
    refreshLeewayMs: duration('refreshLeewayMs', given.refreshLeewayMs, 5_000, 0),
    refreshTimeoutMs: Math.min(
      duration('refreshTimeoutMs', given.refreshTimeoutMs, 10_000, 1),
      longestTimeoutMs,
    ),
    onSignedOut,
    clock: time,
  }
}

function callback(name: string, value: unknown): void {
  check(name, value, 'a function', value === undefined || typeof value === 'function')
}

const hasMethods = (value: object, ...names: string[]): boolean =>
  names.every((name) => typeof (value as Record<string, unknown> | null)?.[name] === 'function')

/** @throws SessionError `invalid-option`, naming the argument, what came and what was expected */
export function checkAuthorize(attempt: unknown, { header, scheme }: HeaderOptions): void {
  const text = (name: string, value: unknown): unknown =>
    check(name, value, 'a string', value === undefined || typeof value === 'string', 'authorize')
  check('attempt', attempt, 'a function', typeof attempt === 'function', 'authorize')
  text('header', header)
  text('scheme', scheme)
}

function check<T>(
  name: string,
  value: T,
  expected: string,
  isRight: boolean,
  who = 'createSession',
): T {
  if (isRight) return value
  const got = typeof value === 'number' || value === null ? String(value) : typeof value
  throw new SessionError('invalid-option', `${who}: ${name}: expected ${expected}, got ${got}`)
}
