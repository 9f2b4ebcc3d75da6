import { createServer, request as forward } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { TokenServer, TokenServerOptions } from 'unexpired/testing'
import { onTestFinished } from 'vitest'
import { start } from '../../contract/stage.js'

/** An API beside a token server, at one origin. */
export interface BackEnd {
  readonly url: string
  /** It is asked whether a token is good, and does everything that is not the API's own. */
  readonly tokens: TokenServer
  /** Whose token this is, while it is good. */
  admit(authorization: string | undefined): Promise<string | undefined>
}

/** What an API does with the requests for its path. */
export type Handler = (
  incoming: IncomingMessage,
  response: ServerResponse,
  backEnd: BackEnd,
) => Promise<void> | void

/** Any path of the token server's API says whether a token is good. */
const askedPath = '/api/whose'

/** Starts both; they end with their test. */
export async function startBackEnd(
  handlers: Readonly<Record<string, Handler>>,
  options?: TokenServerOptions,
): Promise<BackEnd & { readonly onUpgrade: (run: Upgrade) => void }> {
  const tokens = await start(options)
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? '/'
    const own = Object.keys(handlers).find((prefix) => path.startsWith(prefix))
    const handler = (own === undefined ? undefined : handlers[own]) ?? passOn
    // A token server that has ended with its test while a request was still on its way.
    const hangUp = (): void => void incoming.socket.destroy()
    Promise.resolve(handler(incoming, response, backEnd)).catch(hangUp)
  })
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const backEnd: BackEnd = {
    url: `http://127.0.0.1:${port}`,
    tokens,
    async admit(authorization) {
      const headers: HeadersInit = authorization ? { Authorization: authorization } : {}
      const answer = await fetch(tokens.url + askedPath, { headers })
      const { user } = (await answer.json()) as { user?: string }
      return user
    },
  }
  return { ...backEnd, onUpgrade: (run) => void server.on('upgrade', run) }
}

type Upgrade = (incoming: IncomingMessage, socket: Socket, head: Buffer) => void

const passOn: Handler = (incoming, response, { tokens }) => {
  const { method, headers, url = '/' } = incoming
  const onward = forward(tokens.url + url, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => incoming.socket.destroy())
  incoming.pipe(onward)
}

/** Reads a request's body to its end. */
export async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of incoming) body += String(part)
  return body
}
