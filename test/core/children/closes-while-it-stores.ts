import { createSession } from 'unexpired'

import { slowStore } from './slow-store.js'

const { store, slowDown } = slowStore()
const session = createSession({
  store,
  refresh: () => Promise.resolve({ accessToken: 'new', refreshToken: 's' }),
})
await session.signIn({ accessToken: 'old', refreshToken: 'r' })
slowDown(300)
session.refresh().then(undefined, () => undefined)
await new Promise<void>((done) => void setTimeout(done, 50))
await session.close()
console.log((await store.load())?.tokens?.accessToken)
