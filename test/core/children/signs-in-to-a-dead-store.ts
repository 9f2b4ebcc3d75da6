import { createSession } from 'unexpired'
import type { Clock } from 'unexpired'

/** The platform's clock, twenty times as fast: the deadline of a store is five seconds. */
const fast: Clock = {
  now: () => Date.now() * 20,
  monotonic: () => performance.now() * 20,
  setTimeout(run, ms, options) {
    const timer = setTimeout(run, ms / 20)
    if (!options?.keepAlive) timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Waits for a sign-in that a store never confirms: it serves from memory once its deadline is over. */
const session = createSession({
  clock: fast,
  store: { load: () => undefined, replace: () => new Promise<never>(() => undefined) },
  refresh: () => new Promise<never>(() => undefined),
})
await session.signIn({ accessToken: 'a', refreshToken: 'r', expiresIn: 3600 })
console.log(session.status)
