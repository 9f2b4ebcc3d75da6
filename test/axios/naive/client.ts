import type { AxiosInstance } from 'axios'
import { createSession } from 'unexpired'
import type { Clock } from 'unexpired'
import { attachSession } from 'unexpired/axios'

export interface Pair {
  accessToken: string
  refreshToken: string
  expiresIn?: number
}

export interface Hooks {
  refresh(refreshToken: string): Promise<Pair>
  onSignedOut(): void
  onRefreshed?(): void
  readonly clock?: Clock
}

/** What every client for tokens does, the small naive ones and ours. */
export interface TokenClient {
  signIn(tokens: Pair): Promise<void> | void
  signOut(): Promise<void> | void
  tokens(): Partial<Pair> | undefined
}

export type Attach = (api: AxiosInstance, hooks: Hooks) => TokenClient

/** Ours, behind the same face. */
export const ours: Attach = (api, { refresh, onSignedOut, onRefreshed, clock }) => {
  const session = createSession({
    refresh: ({ refreshToken = '' }) => refresh(refreshToken),
    refreshTimeoutMs: 100,
    onSignedOut,
    ...(clock ? { clock } : {}),
  })
  if (onRefreshed) session.on('refreshed', onRefreshed)
  attachSession(api, session)
  return {
    signIn: (tokens) => session.signIn(tokens),
    signOut: () => session.signOut(),
    tokens: () => session.tokens,
  }
}

/** Puts the token on. */
export function signRequests(api: AxiosInstance, accessToken: () => string | undefined): void {
  api.interceptors.request.use((config) => {
    const token = accessToken()
    if (token) config.headers.set('Authorization', `Bearer ${token}`)
    return config
  })
}
