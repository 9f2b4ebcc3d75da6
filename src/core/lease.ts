import type { StoredSession } from './store.js'

/** What one attempt at a request is given. */
export interface Lease {
  /** `undefined`: signed out, the request goes without a token. */
  readonly sessionId: string | undefined
  readonly generation: number
  /** What to send; `undefined` when signed out, and in a cookie session, where nothing is attached. */
  readonly accessToken: string | undefined
  /** As the server named it, such as `Bearer`. */
  readonly tokenType: string | undefined
}

/** For a request that is sent without a token. */
export const unsignedLease: Lease = Object.freeze({
  sessionId: undefined,
  generation: 0,
  accessToken: undefined,
  tokenType: undefined,
})

/** The lease of a record; the same for all attempts that are given it. */
export function leaseOf({ sessionId, generation, tokens }: StoredSession): Lease {
  return Object.freeze({
    sessionId,
    generation,
    // Empty in a cookie session.
    accessToken: tokens?.accessToken || undefined,
    tokenType: tokens?.tokenType,
  })
}
