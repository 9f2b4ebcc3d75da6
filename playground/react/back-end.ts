import { createSession } from 'unexpired'
import type { Session, TokenStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

/** What a query shows. The server says who asked, and with which tokens; the value is made up from it. */
export interface Answer {
  readonly user: string
  readonly path: string
  /** Of the access token that it was asked with. */
  readonly generation: number
}

/** What is behind the app: a session, and a server. */
export interface BackEnd {
  readonly session: Session
  signIn(username: string, password: string): Promise<void>
  get(path: string, signal: AbortSignal): Promise<Answer>
  /** Ends the session at the server alone: the app learns of it at its next refresh. */
  revoke(): Promise<void>
}

export interface BackEndOptions {
  /** What all its paths begin with. */
  readonly base: string
  readonly store: TokenStore
  /** Who may be sent the token. @defaultValue the page's own origin */
  readonly origins?: readonly string[]
}

const json = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

export function createBackEnd({ base, store, ...options }: BackEndOptions): BackEnd {
  const renew = (refreshToken: string | undefined, signal?: AbortSignal): Promise<Response> =>
    fetch(`${base}/auth/refresh`, { ...json({ refreshToken }), ...(signal && { signal }) })
  const session = createSession({
    store,
    refresh: ({ refreshToken, signal }) => renew(refreshToken, signal),
  })
  const api = createFetch(session, options)
  return {
    session,
    async signIn(username, password) {
      const answer = await fetch(`${base}/auth/login`, json({ username, password }))
      if (!answer.ok) throw new Error(`Signing in failed: the server answered ${answer.status}.`)
      await session.signIn(await answer.json())
    },
    async get(path, signal) {
      const answer = await api(`${base}/api${path}`, { signal })
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`)
      return (await answer.json()) as Answer
    },
    async revoke() {
      // As a thief does it: the server sees the refresh token a second time when the session comes
      // with it, and revokes all that it has given for this sign-in.
      await renew(session.tokens?.refreshToken)
      session.expire()
    },
  }
}
