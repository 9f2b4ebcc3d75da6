import { Agent, createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

import { startTokenServer } from 'unexpired/testing'
import type { TokenServer, TokenServerOptions } from 'unexpired/testing'
import { inject, onTestFinished } from 'vitest'

import type { Pages } from './pages.js'
import { pipe } from './pipe.js'

export interface World {
  /** The page with the lab. */
  readonly url: string
  /** A page of the same origin without one. */
  readonly elsewhere: string
  /** The same page in an insecure context: as over plain http from another machine. */
  readonly insecureUrl: string
  readonly server: TokenServer
  /** From now on nobody gets through: open connections are cut, new ones are closed. */
  unplug(): void
  plugIn(): void
  /** From now on the server's answers to a path wait, until the function that it gives is called. */
  holdAnswers(path: string): () => void
  /** What the canary in the pages has told so far; what nobody has asked for fails the test. */
  takeLeaks(): string[]
}

export interface WorldOptions extends TokenServerOptions {
  /** Headers of every page and script, such as a Content-Security-Policy. */
  readonly page?: Readonly<Record<string, string>>
  /** Paths of more pages, with their HTML. */
  readonly pages?: Readonly<Record<string, string>>
}

/**
 * A token server, and on a new port pages with it behind them: every path that is not a page's is
 * piped through to it. A new port is a new origin, with nothing stored. Ends with its test.
 */
export async function openWorld({ page, pages, ...options }: WorldOptions = {}): Promise<World> {
  const server = await startTokenServer(options)
  const known: Record<string, Pages[string]> = { ...inject('pages') }
  for (const [path, body] of Object.entries(pages ?? {})) known[path] = { type: 'text/html', body }

  const agent = new Agent({ keepAlive: true })
  let isPlugged = true
  const held = new Map<string, Promise<void>>()
  const leaks: string[] = []
  const front = createServer((incoming, response) => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://page')
    const found = known[pathname]
    if (found) show(response, found, page)
    else if (pathname === '/canary') hear(incoming, response, leaks)
    else pipe(incoming, response, server.url, agent, held.get(pathname))
  })
  front.on('connection', (socket) => void (isPlugged || socket.destroy()))
  // Clients close idle connections first, so that no request meets a closing one.
  front.keepAliveTimeout = 0
  const port = await listen(front)

  onTestFinished(async () => {
    const closed = new Promise((resolve) => front.close(resolve))
    front.closeAllConnections()
    await closed
    agent.destroy()
    await server.close()
    if (leaks.length > 0) throw new Error(`in a page ${leaks.join('\n')}`)
  })

  return {
    url: `http://127.0.0.1:${port}/lab.html`,
    elsewhere: `http://127.0.0.1:${port}/elsewhere.html`,
    insecureUrl: `http://[::ffff:127.0.0.1]:${port}/lab.html`,
    server,
    unplug() {
      isPlugged = false
      front.closeAllConnections()
    },
    plugIn() {
      isPlugged = true
    },
    holdAnswers(path) {
      let release = (): void => undefined
      held.set(path, new Promise((resolve) => (release = resolve)))
      return () => {
        held.delete(path)
        release()
      }
    },
    takeLeaks: () => leaks.splice(0),
  }
}

/** What `test/canary/page` has to say. */
function hear(incoming: IncomingMessage, response: ServerResponse, leaks: string[]): void {
  let said = ''
  incoming.setEncoding('utf8')
  incoming.on('data', (part: string) => (said += part))
  incoming.on('end', () => {
    leaks.push(said)
    response.end()
  })
}

async function listen(front: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    front.listen(0, '127.0.0.1', resolve)
  })
  const address = front.address()
  if (address === null || typeof address === 'string')
    throw new Error('the page server has no port')
  return address.port
}

/** Never with `no-store`: that would keep the page out of the back/forward cache. */
function show(
  response: ServerResponse,
  { type, body }: Pages[string],
  headers: WorldOptions['page'],
): void {
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-cache', ...headers })
  response.end(body)
}
