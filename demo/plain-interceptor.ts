import { bearerAxios } from '../playground/plain/bearer-axios.js'
import type { Kept, PlainClient, PlainParts } from '../playground/plain/parts.js'
import { xTokenAxios } from '../playground/plain/x-token-axios.js'
import { username } from './contender.js'
import type { Contender, Line } from './contender.js'

// What tutorials and answers show, and most projects have: each request that finds the token dead
// refreshes it, and `_retry` keeps that request from doing so twice. The better copies see a known
// lifetime end, and do not take the 401 of the refresh itself for one of the API: so does this one.
// It works as long as requests come one at a time.

/** 401, Bearer, a rotating refresh token. */
export const plainBearer = (line: Line): Contender => plain(bearerAxios, line)

/** HTTP 200 with `{ code: 1234 }`, X-Token, the old token buys the new one. */
export const plainXToken = (line: Line): Contender => plain(xTokenAxios, line)

function plain(make: (parts: PlainParts) => PlainClient, { url, adapter }: Line): Contender {
  let kept: Kept = {}
  let thrownOut = 0
  const client = make({
    url: (path) => url + path,
    // Stands in for localStorage.
    storage: {
      get: () => kept,
      set(next) {
        kept = next
      },
    },
    goToSignIn() {
      thrownOut += 1
    },
    fetch,
    adapter,
  })
  return {
    get: (path) => client.get(path, new AbortController().signal),
    signIn: () => client.signIn(username),
    get thrownOut() {
      return thrownOut
    },
    close() {},
  }
}
