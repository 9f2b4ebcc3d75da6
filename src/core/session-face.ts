import type { CredentialHeaders } from './credential.js'
import type { SessionEvent, SessionEvents } from './events.js'
import type { Lease } from './lease.js'
import type { TokenLifetime } from './lifetime.js'
import type { AuthorizeOptions } from './port.js'
import type { CookieResponse, TokenResponse, Tokens } from './tokens.js'

/** What a session is doing. */
export type SessionStatus = 'restoring' | 'signed-out' | 'active' | 'refreshing'

/** What a session was, at its last change: the same object until the next one. */
export interface SessionSnapshot {
  readonly status: SessionStatus
  readonly sessionId: string | undefined
  /** 0 before the first sign-in. */
  readonly generation: number
  /** What was left of the access token's lifetime at that moment, in milliseconds, where it is known. */
  readonly expiresInMs: number | undefined
}

/** A signed-in user's session. All methods may be called unbound. */
export interface Session {
  readonly status: SessionStatus
  /** Those in force; `undefined` when signed out, and in a cookie session, where none can be read. */
  readonly tokens: Tokens | undefined
  /** Resolves once the store has been read. */
  readonly ready: Promise<void>
  /**
   * Begins a new session with these tokens; resolves when they are stored.
   *
   * @throws {@link InvalidTokenResponseError} when they are unfit
   */
  signIn(tokens: TokenResponse): Promise<void>
  /** In a cookie session: begins a new one, after the server has set its cookies. */
  signIn(response?: CookieResponse): Promise<void>
  /**
   * Takes newer tokens of this same session, where a server pushes them.
   *
   * @throws {@link InvalidTokenResponseError} when they are unfit, {@link SessionEndedError} when signed out
   */
  adopt(tokens: TokenResponse): Promise<void>
  /** In a cookie session: the server has set newer cookies. */
  adopt(response?: CookieResponse): Promise<void>
  /** Ends the session, here and for everyone on this store; resolves when that is stored. */
  signOut(): Promise<void>
  /**
   * A fresh access token, for sockets, streams and all else; `undefined` when signed out, and in a
   * cookie session.
   *
   * @throws {@link SessionEndedError}, {@link RefreshUnavailableError}, or the signal's reason
   */
  getAccessToken(options?: { signal?: AbortSignal | undefined }): Promise<string | undefined>
  /**
   * Refreshes now, cool-down or not, or joins the refresh that is under way. In a cookie session the
   * access token of the result is empty.
   *
   * @throws {@link SessionEndedError} when signed out, {@link RefreshUnavailableError}
   */
  refresh(): Promise<Tokens>
  /**
   * Sends a request with the access token in force, and once more when it turns out to have expired.
   * Every client is a thin translation onto it.
   *
   * @param attempt - sends the request with the lease and the headers that it is given; called once or
   * twice. The headers are empty when signed out, and in a cookie session.
   * @throws {@link SessionEndedError}, {@link RefreshUnavailableError}, or what `attempt` throws
   */
  authorize<R>(
    attempt: (lease: Lease, headers: CredentialHeaders) => PromiseLike<R>,
    options?: AuthorizeOptions<R>,
  ): Promise<R>
  /**
   * Takes the access token in force for expired: the next request refreshes first. For servers that
   * say so elsewhere than in a response, such as a WebSocket that is closed.
   *
   * @param accessToken - what was found expired: nothing happens where it is not in force any more, so
   * that any number of late news cause one refresh
   */
  expire(accessToken?: string): void
  /** How far the life of the access token in force has gone, now; `undefined` when signed out. */
  getLifetime(): TokenLifetime | undefined
  /** Calls `listener` on each such event, after the fact; the function that it returns ends that. */
  on<E extends keyof SessionEvents>(
    event: E,
    listener: (event: SessionEvents[E]) => void,
  ): () => void
  /** Calls `listener` when `getSnapshot()` may have changed; the function that it returns ends that. */
  subscribe(listener: () => void): () => void
  /** What the session is now; with `subscribe`, what UI frameworks ask for. */
  getSnapshot(): SessionSnapshot
  /** The last 50 events, oldest first, with no secrets in them. */
  explain(): readonly SessionEvent[]
  /**
   * Lets go of the session without signing out. What waits rejects at once, with reason `closed`.
   * Resolves when nothing is under way any more: tokens that a refresh still brought are stored for
   * who comes next. Before a process ends or a database is let go, wait for it.
   */
  close(): PromiseLike<void>
}
