import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { interceptors, request } from 'undici'
import type { Agent, Dispatcher } from 'undici'
import { createSession } from 'unexpired'
import type { RefreshRequest, Session } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import { sessionInterceptor } from 'unexpired/undici'
import type { UndiciSessionOptions } from 'unexpired/undici'
import { maxRedirections, startAgent } from './request-client.js'

type Listener = (incoming: IncomingMessage, response: ServerResponse) => unknown

/** A server that answers as a test pleases. It ends with its test. */
export interface OwnServer {
  readonly origin: string
  /** What was asked for, in order: the URL, and the credential. */
  readonly asked: string[]
  /** How many connections were opened. */
  connections(): number
  /** What is to become of requests for another protocol. */
  onUpgrade(run: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void): void
}

/** The credential of a request, in the words of these tests. */
export const credentialOf = ({ headers }: IncomingMessage): string =>
  String(headers.authorization ?? headers['x-token'] ?? 'nobody').replace('Bearer ', '')

export async function serve(listener: Listener): Promise<OwnServer> {
  const asked: string[] = []
  let connections = 0
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.url} ${credentialOf(incoming)}`)
    void listener(incoming, response)
  })
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    connections: () => connections,
    onUpgrade(run) {
      server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
        asked.push(`${incoming.url} ${credentialOf(incoming)}`)
        run(incoming, socket, head)
      })
    },
  }
}

/** Says 401 to the first token, in so many words, and to every other what `listener` says. */
export const turningAway =
  (listener: Listener, turnAway: Listener = (_, response) => response.writeHead(401).end('no')) =>
  (incoming: IncomingMessage, response: ServerResponse): unknown =>
    (credentialOf(incoming) === 'first' ? turnAway : listener)(incoming, response)

export const sayHello: Listener = (_, response) => response.end('hello')

export interface SceneOptions {
  readonly options?: UndiciSessionOptions
  readonly agent?: Agent.Options
  refresh?(request: RefreshRequest): Promise<{ accessToken: string }>
  /** What stands inside of the session, and what around it. */
  readonly inside?: readonly Dispatcher.DispatcherComposeInterceptor[]
  readonly around?: readonly Dispatcher.DispatcherComposeInterceptor[]
}

export interface Scene {
  readonly session: Session
  /** Lets the token of the session run out, so that requests are held. */
  expire(): Promise<void>
  readonly api: Dispatcher
  /** How often tokens were refreshed. */
  refreshes(): number
  /** Lets refreshes go on that wait. */
  release(): void
}

type Hold = { readonly hold?: boolean }

/** A session that is signed in with the token `first`, and gets `second` next; on an agent. */
export async function scene(
  origin: string,
  { options, agent, refresh, inside = [], around, hold }: SceneOptions & Hold = {},
): Promise<Scene> {
  let refreshes = 0
  let release = (): void => undefined
  const clock = fakeClock()
  const gate = hold ? new Promise<void>((open) => (release = open)) : undefined
  const session = createSession({
    clock,
    async refresh(given) {
      refreshes += 1
      await gate
      return refresh ? refresh(given) : { accessToken: 'second', refreshToken: 'r' }
    },
  })
  onTestFinished(() => void session.close())
  await session.signIn({ accessToken: 'first', refreshToken: 'r', expiresIn: 3_600 })
  const api = startAgent(agent).compose(
    ...inside,
    sessionInterceptor(session, { origins: [origin], ...options }),
    ...(around ?? [interceptors.redirect({ maxRedirections })]),
  )
  const expire = (): Promise<void> => clock.advance(3_600_000)
  return { session, api, expire, refreshes: () => refreshes, release: () => release() }
}

/** The answer to a request, read whole. */
export async function ask(
  url: string,
  options: NonNullable<Parameters<typeof request>[1]>,
): Promise<{ status: number; text: string }> {
  const { statusCode, body } = await request(url, options)
  return { status: statusCode, text: await body.text() }
}
