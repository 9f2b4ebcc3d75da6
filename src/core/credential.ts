import { safeCause } from './causes.js'
import { SessionError } from './errors.js'
import type { Lease } from './lease.js'
import type { Awaitable } from './store.js'
import { headerSafe } from './tokens.js'

/** Headers, by name. */
export type CredentialHeaders = Readonly<Record<string, string>>

/** A request that is about to be sent, as far as a credential needs to know it. */
export interface RequestTarget {
  /** As it is sent, such as `GET`. */
  readonly method: string
  /** Absolute where the client knows where it goes, with its query, and without a fragment. */
  readonly url: string
}

/** One attempt at a request, as a credential sees it. */
export interface CredentialRequest extends RequestTarget {
  /** What the client's `header` and `scheme` make of the access token: `{ Authorization: 'Bearer …' }`. */
  readonly headers: CredentialHeaders
  readonly accessToken: string
  /** As the server named it, such as `Bearer`. */
  readonly tokenType: string | undefined
}

/**
 * Decides what goes onto each attempt at a request, where the token alone is not enough: a signature
 * of method and URL, a proof of possession. It is called anew for each attempt, also for a replay.
 *
 * @example
 * ```ts
 * credential: async ({ headers, method, url }) => ({ ...headers, 'X-Signature': await sign(method, url) })
 * ```
 * @see RFC 9449 §7, for what a proof of possession needs to know
 */
export type Credential = (request: CredentialRequest) => Awaitable<CredentialHeaders>

/** How a client was told to send the token. */
export interface HeaderOptions {
  /**
   * The header that carries the access token.
   *
   * @defaultValue 'Authorization'
   */
  readonly header?: string | undefined
  /**
   * What stands before the token. An empty string sends the bare token.
   *
   * @defaultValue 'Bearer'
   * @see RFC 6750 §2.1
   */
  readonly scheme?: string | undefined
}

const noHeaders: CredentialHeaders = Object.freeze({})

/** The simple case: the token in one header. */
function tokenHeaders({ accessToken }: Lease, how: HeaderOptions): CredentialHeaders {
  if (accessToken === undefined) return noHeaders
  const { header = 'Authorization', scheme = 'Bearer' } = how
  return { [header]: scheme ? `${scheme} ${accessToken}` : accessToken }
}

/** Makes what makes them. The last are remembered: most requests go through one client with one lease. */
export function createTokenHeaders(): typeof tokenHeaders {
  let last: { lease: Lease; how: HeaderOptions; headers: CredentialHeaders } | undefined
  return (lease, how) => {
    const { header, scheme } = how
    if (lease !== last?.lease || header !== last.how.header || scheme !== last.how.scheme) {
      last = { lease, how: { header, scheme }, headers: Object.freeze(tokenHeaders(lease, how)) }
    }
    return last.headers
  }
}

/** Of a request that does not say what it is. */
const unknownTarget: RequestTarget = { method: 'GET', url: '' }

/**
 * What the app's credential makes of an attempt.
 *
 * @throws SessionError `credential-failed`; or what the caller's own request throws when it is read
 */
export async function sign(
  credential: Credential,
  lease: Lease & { readonly accessToken: string },
  how: HeaderOptions & { readonly request?: RequestTarget | undefined },
): Promise<CredentialHeaders> {
  const { accessToken, tokenType } = lease
  const { method, url } = how.request ?? unknownTarget
  let made: unknown
  try {
    made = await credential({
      method,
      url,
      headers: tokenHeaders(lease, how),
      accessToken,
      tokenType,
    })
  } catch (error) {
    const cause = safeCause(error, undefined, [{ accessToken }])
    throw new SessionError('credential-failed', 'createSession: credential: it failed', cause)
  }
  if (isHeaders(made)) return made
  throw new SessionError(
    'credential-failed',
    'createSession: credential: expected an object of header names and values, visible ASCII, got ' +
      (made === null ? 'null' : typeof made === 'object' ? 'another object' : typeof made),
  )
}

/** The name of a header, or of a scheme (RFC 9110 §5.6.2). */
export const headerName = /^[!#$%&'*+\-.^_`|~\w]+$/

function isHeaders(value: unknown): value is CredentialHeaders {
  // Headers, a Map or a Response have no fields of their own, and would sign nothing.
  if (Object.prototype.toString.call(value) !== '[object Object]') return false
  return Object.entries(value as object).every(
    ([name, text]) =>
      headerName.test(name) && (text === '' || (typeof text === 'string' && headerSafe.test(text))),
  )
}
