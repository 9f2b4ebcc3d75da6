import axios from 'axios'
import type { AxiosInstance } from 'axios'
import { createSession, keyValueStore } from 'unexpired'
import type { RefreshRequest, Session, TokenResponse } from 'unexpired'
import { attachSession } from 'unexpired/axios'

import type { PreludeName } from './prelude-names.js'

/** What the snippets of README.md and docs/ take for granted. */
export interface Prelude extends Record<PreludeName, unknown> {
  /** An axios instance with baseURL /api, attached to `session`. */
  readonly api: AxiosInstance
  readonly attachSession: typeof attachSession
  readonly axios: typeof axios
  readonly createSession: typeof createSession
  /** Takes paths as a page does. */
  readonly fetch: (input: string, init?: RequestInit) => Promise<Response>
  readonly keyValueStore: typeof keyValueStore
  readonly localStorage: Storage
  /** Goes nowhere. */
  readonly location: Pick<Location, 'assign' | 'href' | 'origin'>
  /** Refreshes at /auth/refresh. */
  readonly refresh: (request: RefreshRequest) => Promise<TokenResponse>
  /** Signed in as ann, anew for each block. */
  readonly session: Session
}

/** Makes it, on the page that is open. */
export async function prelude(): Promise<Prelude> {
  const { href, origin } = globalThis.location
  const refresh = ({ refreshToken, signal }: RefreshRequest): Promise<TokenResponse> =>
    axios
      .post<TokenResponse>('/auth/refresh', { refreshToken }, { signal })
      .then(({ data }) => data)
  const session = createSession({ refresh })
  const { data } = await axios.post<TokenResponse>('/auth/login', { username: 'ann' })
  await session.signIn(data)
  return {
    api: attachSession(axios.create({ baseURL: '/api' }), session),
    attachSession,
    axios,
    createSession,
    fetch: globalThis.fetch,
    keyValueStore,
    localStorage: globalThis.localStorage,
    location: { assign: () => undefined, href, origin },
    refresh,
    session,
  }
}
