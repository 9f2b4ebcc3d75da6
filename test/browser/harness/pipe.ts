import { request } from 'node:http'
import type { Agent, IncomingMessage, ServerResponse } from 'node:http'

/**
 * Pipes a request through to another origin, and its answer back. Whoever goes away takes the other
 * side along: a page that closes is a client that went away, and an answer that is dropped there is
 * dropped here.
 *
 * @param until - the answer waits for that
 */
export function pipe(
  incoming: IncomingMessage,
  response: ServerResponse,
  to: string,
  agent: Agent,
  until?: Promise<void>,
): void {
  const { method, url, headers } = incoming
  const onward = request(to + (url ?? '/'), { method, headers, agent })
  onward.on('response', (answer) => {
    answer.on('error', () => drop(response))
    const hand = (): void => {
      if (response.destroyed) return
      response.writeHead(answer.statusCode ?? 500, answer.rawHeaders)
      answer.pipe(response)
    }
    if (until) void until.then(hand)
    else hand()
  })
  onward.on('error', () => drop(response))
  response.on('close', () => {
    if (!response.writableFinished) onward.destroy()
  })
  incoming.pipe(onward)
}

/**
 * Drops an answer after its headers. Without them a browser would send a POST again by itself when
 * its connection had been used before, and nobody would see that an answer was lost.
 */
function drop(response: ServerResponse): void {
  if (!response.headersSent && !response.destroyed) {
    response.writeHead(200, { 'Content-Length': '100' })
    response.write(' ')
  }
  setImmediate(() => response.destroy())
}
