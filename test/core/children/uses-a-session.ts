import { createSession, memoryStore } from 'unexpired'

/** Does all that a session can be used for, leaves it open, and has nothing left to do. */
const session = createSession({
  store: memoryStore(),
  refresh: () => Promise.resolve({ accessToken: 'b', refreshToken: 'r', expiresIn: 3600 }),
})
await session.signIn({ accessToken: 'a', refreshToken: 'r', expiresIn: 3600 })
await session.getAccessToken()
await session.refresh()
const answers = [401, 200]
await session.authorize(() => Promise.resolve({ status: answers.shift() }))

// A refresh beside the requests, which nobody waits for, and which never answers.
const other = createSession({ refresh: () => new Promise<never>(() => undefined) })
await other.signIn({ accessToken: 'a', expiresIn: 0.5 })
await new Promise<void>((done) => void setTimeout(done, 425))
await other.getAccessToken()

// A store that fails is tried again later, and nobody waits for that either.
const broken = createSession({
  store: { load: () => undefined, replace: () => Promise.reject(new Error('disk full')) },
  refresh: () => new Promise<never>(() => undefined),
})
await broken.signIn({ accessToken: 'a' })
console.log('done')
