import { onTestFinished } from 'vitest'

import { createSession } from 'unexpired'
import type { Session } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import type { SessionFetch } from 'unexpired/fetch'
import type { TokenServer, TokenServerOptions } from 'unexpired/testing'

import { bearer } from '../contract/protocols.js'
import { start } from '../contract/stage.js'

/** A session of an app, and the server that its tokens come from. */
export interface App {
  readonly server: TokenServer
  readonly session: Session
  signIn(username: string): Promise<void>
  /** Sends a request of the API, and reads its answer. */
  get(path: string): Promise<unknown>
}

/** A session with nobody signed in. Everything is real: server, clock and network. */
export async function startApp(options?: TokenServerOptions): Promise<App> {
  const server = await start(options)
  const session = createSession({ refresh: bearer.refresh(server.url) })
  onTestFinished(() => void session.close())
  const api: SessionFetch = createFetch(session, { origins: [server.url] })
  return {
    server,
    session,
    signIn: async (username) => session.signIn(await bearer.signIn(server, username)),
    get: async (path) => (await api(`${server.url}/api${path}`)).json(),
  }
}
