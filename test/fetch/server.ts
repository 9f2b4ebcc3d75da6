import { Buffer } from 'node:buffer'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request, byte for byte. */
export interface Received {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type Answer = (request: Received, response: ServerResponse) => unknown

/** A server that says what it is told to, and writes down all that it is sent. */
export interface Server {
  readonly url: string
  readonly host: string
  readonly requests: readonly Received[]
  /** How many connections were ever made to it. */
  connections(): number
}

async function read(incoming: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { method = '', url = '', headers } = incoming
  return { method, url, headers, body: Buffer.concat(chunks) }
}

/** Starts one, which ends with its test. */
export async function serve(answer: Answer): Promise<Server> {
  const requests: Received[] = []
  let connections = 0
  const server = createServer((incoming, response) => {
    read(incoming).then(
      (request) => {
        requests.push(request)
        answer(request, response)
      },
      // The other side has gone.
      () => undefined,
    )
  })
  server.on('connection', () => void (connections += 1))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `http://${host}`, host, requests, connections: () => connections }
}

/** The token of a request, in whichever of the two headers it came. */
export const tokenOf = ({ headers }: Received): string | undefined =>
  headers['x-token']?.toString() ?? headers.authorization?.replace('Bearer ', '')

/** Answers with what came; whoever has the first token is turned away. */
export const turnsAwayTheFirst: Answer = (request, response) => {
  const token = tokenOf(request)
  response.statusCode = token === 'first' ? 401 : 200
  response.setHeader('Content-Type', 'application/json')
  const { method, url, body } = request
  const code = token === 'first' ? 1234 : 0
  response.end(JSON.stringify({ code, method, url, body: body.toString(), token }))
}
