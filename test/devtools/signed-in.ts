import { onTestFinished } from 'vitest'

import {
  createSession,
  type Session,
  type TokenSessionOptions,
  type TokenResponse,
} from 'unexpired'
import { createFetch, type SessionFetch } from 'unexpired/fetch'
import { startTokenServer, type TokenServer, type TokenServerOptions } from 'unexpired/testing'

/** A session that is signed in at a real server. */
export interface Stage {
  readonly server: TokenServer
  readonly session: Session
  /** Takes paths of the API. */
  call(path: string, init?: Parameters<SessionFetch>[1]): Promise<Response>
}

/** Starts it until the test is over. */
export async function signedIn(
  serverOptions: TokenServerOptions = {},
  options: Partial<TokenSessionOptions> = {},
): Promise<Stage> {
  const server = await startTokenServer(serverOptions)
  onTestFinished(() => server.close())
  const post = (path: string, body: object, signal?: AbortSignal): Promise<Response> =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    })
  const session = createSession({
    refresh: ({ refreshToken, signal }) => post('/auth/refresh', { refreshToken }, signal),
    ...options,
  })
  onTestFinished(() => void session.close())
  const answer = await post('/auth/login', { username: 'ann' })
  await session.signIn((await answer.json()) as TokenResponse)
  const send = createFetch(session, { origins: [server.url] })
  return {
    server,
    session,
    call: (path, init) => send(`${server.url}/api${path}`, init),
  }
}
