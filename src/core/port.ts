import type { AbortSignalLike } from './aborts.js'
import type { CredentialHeaders, HeaderOptions, RequestTarget } from './credential.js'
import { SessionError } from './errors.js'
import type { Lease } from './lease.js'
import type { TokenStore } from './store.js'

/** What came of an attempt. */
export type Outcome<R> = { readonly value: R } | { readonly error: unknown }

/** How `authorize` is to treat one request. */
export interface AuthorizeOptions<R> extends HeaderOptions {
  /**
   * Whether this outcome says that the access token has expired. It is asked once for each attempt
   * that was sent with a lease.
   *
   * @defaultValue a `status` of 401, on the value, on the error, or on the error's `response`
   */
  expired?(outcome: Outcome<R>): boolean | PromiseLike<boolean>
  /**
   * `false`: the request has a body that can be sent only once. Turned away, it is not sent again:
   * the refresh is waited for, and the first outcome handed over.
   *
   * @defaultValue true
   */
  readonly replayable?: boolean | undefined
  /** Ends the waiting at once; ending an attempt that is under way is the attempt's own affair. */
  readonly signal?: AbortSignalLike | undefined
  /**
   * What an abort while waiting rejects with.
   *
   * @defaultValue the signal's reason
   */
  abortReason?(): unknown
  /**
   * What is sent, where the session has a `credential` function that wants to know.
   *
   * @defaultValue `{ method: 'GET', url: '' }`
   */
  readonly request?: RequestTarget | undefined
}

/** A request, as a client gives it: its methods are called on it. */
export interface AuthorizedRequest<R> extends AuthorizeOptions<R> {
  /** Sends the request with this lease, and these headers on it; called once or twice. */
  attempt(lease: Lease, headers: CredentialHeaders): PromiseLike<R>
  /** The answer is not for the caller: another is sought, or an error comes in its place. */
  setAside?(): void
  /** It is no attempt at a request, but asks for the token alone: the credential is not asked. */
  readonly isBare?: boolean
  /** Makes the session's error one of the client's kind, where its users expect that. */
  dress?(error: Error): Error
}

/** Whose a request is, taken when it is made. */
export interface Claim {
  /** The session that it belongs to. */
  readonly sessionId: string | undefined
  /** It passes straight through: the refresh itself, or made while nobody was signed in. */
  readonly isUnsigned: boolean
}

/** How clients reach a session, whichever copy of this package made it. */
export interface SessionPort {
  /** Whose a request is that is made now, with this signal of its caller's. */
  claim(signal?: AbortSignalLike | null): Claim
  /** As `session.authorize`, for a request that was made earlier. */
  authorize<R>(claim: Claim, request: AuthorizedRequest<R>): Promise<R>
  /** Where it keeps its tokens. */
  readonly store: TokenStore
  /** Whether anything is under way: a request, a refresh, a call of the store. */
  activity(): 'busy' | 'idle' | 'closed'
}

const portKey = Symbol.for('unexpired.port')

/** Hangs the port on a session, out of sight. */
export function providePort<S extends object>(session: S, port: SessionPort): S {
  return Object.defineProperty(session, portKey, { value: port })
}

/** @throws SessionError `invalid-option`, when `session` was not made by `createSession` */
export function portOf(session: object, who: string): SessionPort {
  const port = (session as { [portKey]?: SessionPort } | undefined)?.[portKey]
  if (port) return port
  throw new SessionError(
    'invalid-option',
    `${who}: expected a session made by createSession, got ${session === null ? 'null' : typeof session}`,
  )
}
