import { createSession } from 'unexpired'
import type { Session, SessionEvent, TokenStore } from 'unexpired'
import type { TokenServer } from 'unexpired/testing'
import { startTokenServer } from 'unexpired/testing'
import type { TokenServerOptions } from 'unexpired/testing'
import { onTestFinished } from 'vitest'

/** A session against the real token server, and what its app does. */
export interface User {
  readonly session: Session
  signIn(name?: string): Promise<void>
  /** One request; the status of its answer. */
  send(): Promise<number>
  /** Several at once. */
  herd(count: number): Promise<number[]>
  /** What happened, of these types. */
  events(...types: SessionEvent['type'][]): SessionEvent[]
}

/** A token server that ends with the test. */
export async function openServer(options?: TokenServerOptions): Promise<TokenServer> {
  const server = await startTokenServer(options)
  onTestFinished(() => server.close())
  return server
}

/** Somebody who uses this store; closed when the test ends. */
export function openUser(store: TokenStore, server: TokenServer): User {
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  const session = createSession({
    store,
    refresh: ({ refreshToken }) => post('/auth/refresh', { refreshToken }),
  })
  onTestFinished(() => void session.close())
  const send = async (): Promise<number> => {
    const { status } = await session.authorize(async ({ accessToken, tokenType }) => {
      const headers = { Authorization: `${tokenType ?? 'Bearer'} ${accessToken}` }
      const answer = await fetch(`${server.url}/api/me`, { headers })
      await answer.arrayBuffer()
      return answer
    })
    return status
  }
  return {
    session,
    async signIn(username = 'ann') {
      await session.ready
      const answer = await post('/auth/login', { username, password: 'x' })
      await session.signIn((await answer.json()) as { accessToken: string })
    },
    send,
    herd: (count) => Promise.all(Array.from({ length: count }, send)),
    events: (...types) => session.explain().filter(({ type }) => types.includes(type)),
  }
}

/** How long something took (milliseconds), and what came of it. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const startedAt = performance.now()
  const value = await work()
  return { ms: performance.now() - startedAt, value }
}
