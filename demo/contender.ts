import type { AxiosAdapter } from 'axios'

import type { RefreshStretch } from './results.js'

/** One way to keep a user signed in. */
export interface Contender {
  /** A request of the API; rejects unless there is an answer. */
  get(path: string): Promise<unknown>
  signIn(): Promise<void>
  /** How often the app sent its user to sign in again. */
  readonly thrownOut: number
  /** The refreshes that it noted itself, by `performance.now()`; otherwise the server's log tells. */
  readonly refreshes?: readonly RefreshStretch[]
  close(): void
}

/** Where a contender finds its server, and through what it sends. */
export interface Line {
  /** The server's origin. */
  readonly url: string
  readonly adapter: AxiosAdapter
}

/** Who is signed in. */
export const username = 'ann'
