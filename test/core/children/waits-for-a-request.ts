import { createSession, isSessionError } from 'unexpired'

/** Waits for a request that is held by a refresh that never answers, and for nothing else. */
const session = createSession({
  refreshTimeoutMs: 100,
  refresh: () => new Promise<never>(() => undefined),
})
await session.signIn({ accessToken: 'a', refreshToken: 'r', expiresIn: 3600 })
try {
  await session.authorize(() => Promise.resolve({ status: 401 }))
} catch (error) {
  if (isSessionError(error) && error.code === 'refresh-unavailable') {
    console.log(error.code, error.reason)
  }
}
