/** What an app without axios writes. It is type-checked as a user's file, against the packed types. */
import {
  createSession,
  isSessionError,
  keyValueStore,
  memoryStore,
  RefreshRefusedError,
  SessionEndedError,
} from 'unexpired'
import type { Clock, Lease, Session, StoredSession, Tokens, TokenStore } from 'unexpired'
import { jwtLifetime } from 'unexpired/jwt'
import { fakeClock } from 'unexpired/testing'

const clock: Clock = fakeClock()
const values = new Map<string, string>()
const store: TokenStore = keyValueStore(
  {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: async (key) => void values.delete(key),
  },
  'auth',
)

export const session: Session = createSession({
  clock,
  store,
  lifetime: jwtLifetime,
  refresh: async ({ refreshToken, tokens, signal }) => {
    if (signal.aborted || tokens.accessToken === '') throw new RefreshRefusedError('never again')
    return { access_token: 'next', refresh_token: refreshToken, expires_in: '3600' }
  },
  onSignedOut: ({ reason, sessionId }) => [reason.toUpperCase(), sessionId?.length],
})

export const fromResponse = createSession({
  refresh: ({ signal }) => fetch('/auth/refresh', { method: 'POST', signal }),
})

export const failing = createSession({ refresh: () => Promise.reject(new Error('not today')) })

export const cookieSession = createSession({
  credential: 'cookie',
  store: memoryStore(),
  refresh: async () => undefined,
})

export async function use(): Promise<string | undefined> {
  const stop = session.on('refreshed', ({ tries, generation }) => tries + generation)
  await session.signIn({ accessToken: 'a', expiresIn: 60, user: { name: 'ann' } })
  await cookieSession.signIn()
  try {
    const answer = await session.authorize(async (lease: Lease) => ({ status: 200, lease }), {
      expired: (outcome) => 'value' in outcome && outcome.value.status === 401,
    })
    return answer.lease.accessToken
  } catch (error) {
    if (error instanceof SessionEndedError) return error.reason
    if (isSessionError(error) && error.code === 'refresh-unavailable') {
      return `${error.reason} ${error.retryAfterMs}`
    }
    throw error
  } finally {
    stop()
  }
}

export const kept = (record: StoredSession): Tokens | undefined => record.tokens

// @ts-expect-error -- a session needs a refresh function
createSession({})
