import { request } from 'node:http'
import type { Agent, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** Where a request goes on to. */
export interface Onward {
  /** An origin. */
  readonly to: string
  /** The path there, with its query. */
  readonly path: string
  readonly agent: Agent
  /** What the answer says besides. */
  readonly headers: OutgoingHttpHeaders
}

/**
 * Pipes a request through to another origin, and its answer back. Whoever goes away takes the other
 * side along: a page that closes is a client that went away, and an answer that is lost there is lost here.
 */
export function pipe(
  incoming: IncomingMessage,
  response: ServerResponse,
  { to, path, agent, headers }: Onward,
): void {
  const { method, headers: sent } = incoming
  const kept = ownOf(sent)
  delete kept['host']
  // Nobody over there is to answer for another origin: that is decided here.
  delete kept['origin']
  const onward = request(to + path, { method, headers: kept, agent })
  onward.on('response', (answer) => {
    answer.on('error', () => drop(response, headers))
    // It was dropped meanwhile.
    if (response.headersSent || response.destroyed) return void onward.destroy()
    response.writeHead(answer.statusCode ?? 500, { ...ownOf(answer.headers), ...headers })
    answer.pipe(response)
    return undefined
  })
  onward.on('error', () => drop(response, headers))
  response.on('close', () => {
    if (!response.writableFinished) onward.destroy()
  })
  incoming.pipe(onward)
}

/** Without those that are about one connection. */
function ownOf(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
  const own = { ...headers }
  delete own.connection
  delete own['keep-alive']
  return own
}

/**
 * Drops an answer after its headers. Without them a browser would send a request again by itself when
 * its connection had been used before, and nobody would see that an answer was lost.
 */
export function drop(response: ServerResponse, headers: OutgoingHttpHeaders = {}): void {
  if (!response.headersSent && !response.destroyed) {
    // Of a type that no browser tries to read by itself.
    response.writeHead(200, { ...headers, 'Content-Type': 'text/plain', 'Content-Length': '100' })
    response.write(' ')
  }
  setImmediate(() => response.destroy())
}
