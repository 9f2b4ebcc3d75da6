import { stayAlive } from './clock.js'
import { providePort } from './port.js'
import { createEngine } from './engine.js'
import type { AbortSignalLike } from './aborts.js'
import { checkAuthorize, readOptions, type SessionOptions } from './options.js'
import type { StoredSession } from './store.js'
import { firstRecord, newSessionId } from './record.js'
import type { Session, SessionSnapshot, SessionStatus } from './session-face.js'
import { readTokens, type CookieResponse, type TokenResponse, type Tokens } from './tokens.js'

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
    if (engine.state().restoring) {
      await ready
      keeper.goOn()
    }
    await keeper.write()
    letSleep()
  }

  /** Until it is known who is signed in. */
  async function known(): Promise<void> {
    await ready
    const error = keeper.unreadable()
    if (error) throw error
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
    if (engine.state().restoring) await known()
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
    if (engine.state().restoring) await known()
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
    authorize(attempt, how) {
      try {
        checkAuthorize(attempt, how ?? {})
      } catch (error) {
        return Promise.reject(error)
      }
      return port.authorize(port.claim(how?.signal), {
        ...how,
        // Each attempt may do with them as it likes.
        attempt: (lease, headers) => attempt(lease, { ...headers }),
      })
    },
    expire(accessToken) {
      const { tokens } = live() ?? {}
      if (tokens && (accessToken ?? tokens.accessToken) === tokens.accessToken) engine.expire()
    },
    getLifetime: () => (live() ? engine.lifetimeNow() : undefined),
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
