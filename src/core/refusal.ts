import { fieldOf, isSyntaxError } from './causes.js'
import { isSessionError, type UnavailableReason } from './errors.js'
import type { Clock } from './clock.js'
import { OutOfTimeError, within } from './promises.js'
import { parse, type ResponseLike } from './refresh-answer.js'
import { isObject } from './tokens.js'

/** What a failed refresh tells, whichever client it went through. */
export interface Failure {
  readonly status: number | undefined
  /** RFC 6749 §5.2 `error`. */
  readonly oauthError: string | undefined
  /** What `Retry-After` says, in milliseconds. */
  readonly retryAfterMs: number | undefined
}

/** Longer than this no server may keep us waiting (milliseconds). */
const longestRetryAfterMs = 300_000

/** A refusal is short: its body is not waited for longer (milliseconds). */
const bodyDeadlineMs = 1_000

/** Error codes of OAuth: RFC 6749 §4.1.2.1 and §5.2, 6750 §3.1, 8628 §3.5, 8707, 9449, OpenID Connect. */
const oauthErrors =
  /^(?:invalid_(?:request|client|grant|scope|token|target|dpop_proof)|unauthorized_client|unsupported_(?:grant|response|token)_type|access_denied|server_error|temporarily_unavailable|insufficient_scope|authorization_pending|slow_down|expired_token|use_dpop_nonce|(?:login|interaction|consent|account_selection)_required)$/

/**
 * Reads status, OAuth error and `Retry-After` from the errors of axios, fetch, ky, ofetch, wretch, got and the like.
 *
 * @param ms - how long an unread body may take at most
 */
export async function readFailure(error: unknown, clock: Clock, ms: number): Promise<Failure> {
  const top = isObject(error) ? error : {}
  // Where the response itself was thrown, it is the error.
  const response = isObject(top['response']) ? top['response'] : top
  const status = [
    top['status'],
    top['statusCode'],
    response['status'],
    response['statusCode'],
  ].find((value): value is number => typeof value === 'number' && value >= 100)
  const body =
    [top['data'], top['json'], response['data'], response['_data'], response['body']].find(
      isRead,
    ) ?? (await unreadBody(response, clock, ms))
  const data = typeof body === 'string' ? parse(body) : body
  const named = [isObject(data) ? data['error'] : undefined, top['error'], top['code']]
  const header = headerReader(top['headers'] ?? response['headers'])
  return {
    status,
    oauthError: named.find(
      (value): value is string => typeof value === 'string' && oauthErrors.test(value),
    ),
    retryAfterMs: readRetryAfter(header('retry-after'), header('date'), clock.now()),
  }
}

/** A body, as text or parsed; elsewhere the name is that of a method, or of a stream. */
const isRead = (value: unknown): boolean =>
  typeof value === 'string' ||
  (isObject(value) && typeof (value['getReader'] ?? value['pipe']) !== 'function')

/** ky and others leave the body to be read. */
async function unreadBody(
  response: Record<string, unknown>,
  clock: Clock,
  ms: number,
): Promise<unknown> {
  try {
    const { clone } = response as unknown as { clone(): ResponseLike }
    return await within(clock, Math.min(ms, bodyDeadlineMs), () => clone.call(response).text())
  } catch {
    // None, or one that cannot be read, says nothing: the status decides.
    return undefined
  }
}

/** What is missing, or no text, is an empty one. */
function headerReader(headers: unknown): (name: string) => string {
  return (name) => {
    if (!isObject(headers)) return ''
    const named = Object.keys(headers).find((key) => key.toLowerCase() === name)
    const value: unknown =
      typeof headers['get'] === 'function'
        ? (headers as { get(name: string): unknown }).get(name)
        : named && headers[named]
    return typeof value === 'string' ? value : ''
  }
}

/**
 * How long `Retry-After` asks to wait: seconds, or a date, counted from the answer's own `Date` so
 * that a wrong clock here does no harm.
 *
 * @see RFC 9110 §10.2.3
 */
function readRetryAfter(value: string, date: string, now: number): number | undefined {
  const ms = /^\s*\d+\s*$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - (Date.parse(date) || now)
  return ms > 0 ? Math.min(ms, longestRetryAfterMs) : undefined
}

/**
 * Whether the authorization server will never again take this refresh token: only `invalid_grant`,
 * or a 401 that names no other OAuth error. A server that fails (5xx) does not know what it says.
 */
export function isRefused({ status = 0, oauthError }: Failure): boolean {
  return oauthError === 'invalid_grant' ? status < 500 : status === 401 && oauthError === undefined
}

/** What to call a refresh that is unavailable, and what to do about it. */
export function classify(
  error: unknown,
  { status, oauthError, retryAfterMs }: Failure,
): { reason: UnavailableReason; detail: string; again: boolean } {
  if (isSessionError(error) && error.code === 'invalid-token-response') {
    return { reason: 'invalid-response', detail: error.message, again: true }
  }
  if (error instanceof OutOfTimeError) {
    const detail = `${error.message}; if the refresh function calls through a client of this session, pass its \`signal\` on, or mark that request { session: false }`
    return { reason: 'timeout', detail, again: true }
  }
  if (status === undefined && isSyntaxError(error)) {
    return { reason: 'invalid-response', detail: 'the answer was not valid JSON', again: true }
  }
  // An error beside a 2xx: the answer came in part, or could not be read.
  const isCut = status !== undefined && status >= 200 && status < 300
  if (status !== undefined && !isCut) {
    const passes = status === 408 || status >= 500
    const what = `the answer was ${status}${oauthError ? ` ${oauthError}` : ''}`
    const hint =
      passes || status === 429 || status < 400
        ? ''
        : '; if that means never again, throw RefreshRefusedError or set `refused`'
    return { reason: 'server', detail: what + hint, again: passes && !retryAfterMs }
  }
  const [name, code] = [fieldOf(error, 'name'), fieldOf(error, 'code')]
  const isTimeout =
    name === 'TimeoutError' ||
    code === 'ECONNABORTED' ||
    code === 'ETIMEDOUT' ||
    code === 'ERR_TIMEOUT'
  return {
    reason: isTimeout ? 'timeout' : 'network',
    detail: isTimeout ? 'it timed out' : 'it could not be sent, or was not answered',
    again: true,
  }
}
