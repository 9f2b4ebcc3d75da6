import type { AxiosAdapter } from 'axios'

/** What an app that copied the interceptor brings along. */
export interface PlainParts {
  /** The address of a path on the server. */
  url(path: string): string
  /** localStorage, or what stands in for it. */
  readonly storage: PlainStorage
  /** Sends the user to the sign-in page. */
  goToSignIn(): void
  /** What sends the requests of fetch. */
  readonly fetch: typeof fetch
  /** What sends the requests of axios. */
  readonly adapter: AxiosAdapter
}

export interface PlainStorage {
  get(): Kept
  set(kept: Kept): void
}

export interface Kept {
  accessToken?: string | undefined
  refreshToken?: string | undefined
  expiresAt?: number | undefined
}

export interface PlainClient {
  signIn(username: string): Promise<void>
  /** Rejects unless there is an answer. */
  get(path: string, signal: AbortSignal): Promise<unknown>
}

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
  expiresIn?: number
}

export const expiryOf = (expiresIn: number | undefined): number | undefined =>
  expiresIn === undefined ? undefined : Date.now() + expiresIn * 1000

export const isOver = ({ expiresAt }: Kept): boolean =>
  expiresAt !== undefined && Date.now() >= expiresAt
