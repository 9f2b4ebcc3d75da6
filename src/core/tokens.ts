import { InvalidTokenResponseError } from './errors.js'

/** An access token, and what came with it. */
export interface Tokens {
  /** Sent with requests. A cookie session keeps an empty string here. */
  readonly accessToken: string
  /** Buys the next access token. */
  readonly refreshToken?: string
  /** The lifetime of the access token, in seconds from its receipt (RFC 6749 §5.1). */
  readonly expiresIn?: number
  /** As the server named it, such as `Bearer`. */
  readonly tokenType?: string
  /** Space-separated scopes. */
  readonly scope?: string
  /** Fields that we do not know, such as `id_token` or a user. */
  readonly extra?: Record<string, unknown>
}

/** Tokens, named as in this package. */
export interface CamelCaseTokens {
  accessToken: string
  /** Absent, null or empty: the one before stays good. */
  refreshToken?: string | null | undefined
  /** Seconds. Anything but a positive, finite number, or a string of one, counts as unknown. */
  expiresIn?: number | string | null | undefined
  tokenType?: string | null | undefined
  scope?: string | null | undefined
}

/**
 * The JSON of a token endpoint, as it came.
 *
 * @see RFC 6749 §5.1
 */
export interface TokenEndpointAnswer {
  access_token: string
  /** Absent, null or empty: the one before stays good. */
  refresh_token?: string | null | undefined
  /** Seconds. Anything but a positive, finite number, or a string of one, counts as unknown. */
  expires_in?: number | string | null | undefined
  token_type?: string | null | undefined
  scope?: string | null | undefined
}

/** Further fields. Beside the bare types, so that interfaces and object literals both fit. */
interface More {
  [more: string]: unknown
}

/** What a sign-in or a refresh yields. Fields that are not listed are kept in `tokens.extra`. */
export type TokenResponse =
  | CamelCaseTokens
  | (CamelCaseTokens & More)
  | TokenEndpointAnswer
  | (TokenEndpointAnswer & More)

/** What a sign-in or a refresh of a cookie session may yield: the cookies themselves are not seen. */
export interface CookieResponse {
  /** The lifetime of the access cookie, in seconds from its receipt. */
  expiresIn?: number | string | null | undefined
}

/** What a header may carry and a proxy will not change: visible ASCII, with spaces inside. */
export const headerSafe = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value ? value : undefined

/** A positive, finite number of seconds, or a string of one; anything else is unknown. */
export function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && number > 0 && number < Infinity ? number : undefined
}

/** The fields of an object, as far as they look like names: a token may have got there by mistake. */
const namesIn = (value: object): string =>
  Object.keys(value)
    .filter((key) => /^[a-z_]{1,24}$/i.test(key))
    .slice(0, 8)
    .join(', ') || 'no known field'

/** Leaves out what is undefined, so that records are small and `in` means what it says. */
function compact(tokens: { [K in keyof Tokens]: Tokens[K] | undefined }): Tokens {
  return Object.fromEntries(
    Object.entries(tokens).filter(([, value]) => value !== undefined),
  ) as unknown as Tokens
}

/**
 * Reads what an app or a server gave as tokens.
 *
 * @throws {@link InvalidTokenResponseError} that names what came by its type, never by its value
 */
export function readTokens(response: unknown, cookie: boolean): Tokens {
  if (!isObject(response)) {
    if (cookie) return { accessToken: '' }
    throw new InvalidTokenResponseError(
      `expected { accessToken } or { access_token }, got ${response === null ? 'null' : typeof response}`,
    )
  }
  const {
    accessToken: camel,
    access_token: snake,
    refreshToken,
    refresh_token,
    expiresIn,
    expires_in,
    tokenType,
    token_type,
    scope,
    ...extra
  } = response
  const accessToken = camel ?? snake
  if (!cookie) {
    if (typeof accessToken !== 'string' || !accessToken) {
      throw new InvalidTokenResponseError(
        `expected an object with accessToken or access_token, got one with ${namesIn(response)}${
          'data' in response && 'status' in response ? '; return the `data` of this response' : ''
        }`,
      )
    }
    if (!headerSafe.test(accessToken)) {
      throw new InvalidTokenResponseError(
        'the access token has characters that no header can carry (RFC 9110 §5.5)',
      )
    }
  }
  const lifetime = seconds(expiresIn ?? expires_in)
  // Nothing else is readable here, and nothing else is kept.
  if (cookie) return compact({ accessToken: '', expiresIn: lifetime })
  const refresh = refreshToken ?? refresh_token
  if (refresh != null && typeof refresh !== 'string') {
    throw new InvalidTokenResponseError(`the refresh token is not a string, but ${typeof refresh}`)
  }
  return compact({
    accessToken: accessToken as string,
    refreshToken: text(refresh),
    expiresIn: lifetime,
    tokenType: text(tokenType ?? token_type),
    scope: text(scope),
    extra: Object.keys(extra).length ? extra : undefined,
  })
}

/**
 * The tokens after a refresh: what the answer leaves out is kept (RFC 6749 §6), except the lifetime,
 * which was the old access token's.
 */
export function renewedTokens(old: Tokens, next: Tokens): Tokens {
  return compact({
    accessToken: next.accessToken,
    refreshToken: next.refreshToken ?? old.refreshToken,
    expiresIn: next.expiresIn,
    tokenType: next.tokenType ?? old.tokenType,
    scope: next.scope ?? old.scope,
    extra: next.extra || old.extra ? { ...old.extra, ...next.extra } : undefined,
  })
}
