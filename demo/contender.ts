import type { AxiosAdapter, AxiosInstance } from 'axios'

import type { RefreshStretch } from './results.js'

/** One way to keep a user signed in. */
export interface Contender {
  readonly api: AxiosInstance
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

/** What the Bearer system answers a sign-in or a refresh with. */
export interface BearerTokens {
  accessToken: string
  refreshToken: string
  /** Seconds; absent where the server says nothing about it. */
  expiresIn?: number
}

/** What the X-Token system answers everything with, at HTTP 200. */
export interface Envelope<Data> {
  code: number
  message: string
  data: Data
}

export interface XTokens {
  token: string
  /** Seconds; absent where the server says nothing about it. */
  expiresIn?: number
}
