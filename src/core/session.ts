import { stayAlive } from './clock.js'
import { providePort, type AuthorizeOptions } from './port.js'
import type { CredentialHeaders } from './credential.js'
import { createEngine } from './engine.js'
import type { SessionEvent, SessionEvents } from './events.js'
import type { AbortSignalLike } from './aborts.js'
import type { Lease } from './lease.js'
import { readOptions, type SessionOptions } from './options.js'
import type { StoredSession } from './store.js'
import { firstRecord } from './record.js'
import { readTokens, type CookieResponse, type TokenResponse, type Tokens } from './tokens.js'

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
  /** Lets go of the session without signing out. What waits rejects, with reason `closed`. */
  close(): void
}

/**
 * Makes a session: it keeps a signed-in user's access token fresh without anyone noticing.
 *
 * @throws SessionError `invalid-option`
 * @example
 * ```ts
 * const session = createSession({
 *   refresh: ({ refreshToken, signal }) =>
 *     axios.post('/auth/refresh', { refreshToken }, { signal }).then((r) => r.data),
 *   onSignedOut({ reason }) {
 *     if (reason !== 'replaced') location.assign(`/login?reason=${reason}`)
 *   },
 * })
 * ```
 */
// One signature, neither generic nor overloaded: so TypeScript knows the type of a session before it
// looks at `refresh`, which may call through the very client that is made from this session.
export function createSession(given: SessionOptions): Session {
  const options = readOptions(given)
  const { clock, cookie } = options
  const engine = createEngine(options)
  const { announcer, apply, keeper, port } = engine

  const live = (): StoredSession | undefined => {
    const { current, closed } = engine.state()
    return current?.tokens && !closed ? current : undefined
  }

  const status = (): SessionStatus =>
    engine.state().restoring
      ? 'restoring'
      : !live()
        ? 'signed-out'
        : engine.isSeeking()
          ? 'refreshing'
          : 'active'

  /** Until what the app said is stored, or the store has failed: somebody waits for it. */
  async function stored(): Promise<void> {
    const letSleep = stayAlive(clock)
    if (engine.state().restoring) await ready
    await keeper.write()
    letSleep()
  }

  async function signIn(response?: TokenResponse | CookieResponse): Promise<void> {
    if (engine.state().closed) throw engine.ended(undefined)
    const begun = firstRecord(newSessionId(), readTokens(response, cookie), clock)
    apply({ type: 'sign-in', record: begun })
    await stored()
    endedUnless(begun.sessionId)
  }

  async function adopt(response?: TokenResponse | CookieResponse): Promise<void> {
    const tokens = readTokens(response, cookie)
    if (engine.state().restoring) await ready
    const { sessionId } = live() ?? endedUnless(undefined)
    const receivedAt = clock.now()
    const pushed = { generation: undefined, spent: undefined, tokens, receivedAt }
    apply({ type: 'received', sessionId, ...pushed })
    await stored()
    endedUnless(sessionId)
    engine.emit('adopted', { from: 'app' })
    announcer.flush()
  }

  /** @throws SessionEndedError, unless this session is the one in force */
  function endedUnless(sessionId: string | undefined): StoredSession {
    const { current } = engine.state()
    const now = live()
    if (now && now.sessionId === sessionId) return now
    throw engine.ended(sessionId ?? current?.sessionId)
  }

  function getAccessToken(asked?: { signal?: AbortSignalLike | undefined }) {
    return port.authorize(port.claim(asked?.signal), {
      attempt: (lease) => Promise.resolve(lease.accessToken),
      expired: () => false,
      isBare: true,
      signal: asked?.signal,
    })
  }

  async function refresh(): Promise<Tokens> {
    if (engine.state().restoring) await ready
    const { pending, closed } = engine.state()
    // One that is being signed in counts already.
    const { sessionId, generation } = (!closed && pending) || live() || endedUnless(undefined)
    await engine.newer({ sessionId, after: generation, trigger: 'requested' })
    return (live() ?? endedUnless(sessionId)).tokens as Tokens
  }

  let snapshot: SessionSnapshot | undefined
  function getSnapshot(): SessionSnapshot {
    const { current } = engine.state()
    const now = {
      status: status(),
      sessionId: live()?.sessionId,
      generation: current?.generation ?? 0,
    }
    if (
      snapshot?.status !== now.status ||
      snapshot.sessionId !== now.sessionId ||
      snapshot.generation !== now.generation
    ) {
      snapshot = Object.freeze({ ...now, expiresInMs: engine.expiresInMs() })
    }
    return snapshot
  }

  // A store that answers at once is read at once: the first request already knows who is signed in.
  const restoring = keeper.restore()
  keeper.watch()
  const ready = Promise.resolve(restoring)

  const session: Session = {
    get status() {
      return status()
    },
    get tokens() {
      return cookie ? undefined : live()?.tokens
    },
    ready,
    signIn,
    adopt,
    async signOut() {
      apply({ type: 'sign-out', at: clock.now() })
      await stored()
    },
    getAccessToken,
    refresh,
    authorize: (attempt, how) =>
      port.authorize(port.claim(how?.signal), {
        ...how,
        // Each attempt may do with them as it likes.
        attempt: (lease, headers) => attempt(lease, { ...headers }),
      }),
    on: announcer.on,
    subscribe: announcer.subscribe,
    getSnapshot,
    explain: announcer.explain,
    close: engine.close,
  }
  // What prints or serialises a session shows no token.
  const show = { value: getSnapshot }
  Object.defineProperties(session, {
    tokens: { enumerable: false },
    toJSON: show,
    [Symbol.for('nodejs.util.inspect.custom')]: show,
  })
  return providePort(session, port)
}

/** Unique, not secret: it names a session in events and records, and opens nothing. */
function newSessionId(): string {
  return [Date.now(), Math.random() * 2 ** 52, Math.random() * 2 ** 52]
    .map((part) => Math.floor(part).toString(36))
    .join('-')
}
