import { createSession, isSessionError } from 'unexpired'

import { slowStore } from './slow-store.js'

const { store, slowDown } = slowStore()
const session = createSession({
  store: {
    ...store,
    async replace(expected, next) {
      const isDone = await store.replace(expected, next)
      if (!next?.tokens) console.log('no tokens stored')
      return isDone
    },
  },
  refresh: () => Promise.resolve(new Response(null, { status: 401 })),
})
await session.signIn({ accessToken: 'old', refreshToken: 'r' })
slowDown(300)
// Nobody waits for anything once this is settled.
await session.refresh().catch((error: unknown) => {
  console.log(isSessionError(error) && error.code)
})
