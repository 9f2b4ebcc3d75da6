import { createSession, memoryStore } from 'unexpired'
import type { TokenStore } from 'unexpired'

// A slow store that keeps no process alive.
const inner = memoryStore()
let waitMs = 0
const store: TokenStore = {
  ...inner,
  async replace(expected, next) {
    await new Promise<void>((done) => void setTimeout(done, waitMs).unref())
    return inner.replace(expected, next)
  },
}
const session = createSession({
  store,
  refresh: () => Promise.resolve({ accessToken: 'new', refreshToken: 's' }),
})
await session.signIn({ accessToken: 'old', refreshToken: 'r' })
waitMs = 300
session.refresh().then(undefined, () => undefined)
await new Promise<void>((done) => void setTimeout(done, 50))
await session.close()
console.log((await store.load())?.tokens?.accessToken)
