import { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'

import type { Answer, ReceivedRequest } from './protocol.js'

/** Reads a request to its end. Rejects where the client goes away before that. */
export async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  const target = incoming.url ?? '/'
  const mark = target.indexOf('?')
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark)),
    headers: incoming.headers,
    body: Buffer.concat(parts).toString('utf8'),
  }
}

/** Lets a page of any origin read the answer, with its cookies. */
export function allowAnyOrigin(incoming: IncomingMessage, response: ServerResponse): void {
  const { origin } = incoming.headers
  if (origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Allow-Credentials', 'true')
  response.setHeader('Access-Control-Expose-Headers', 'WWW-Authenticate, Retry-After')
  response.setHeader('Vary', 'Origin')
}

/** Answers a preflight with yes to all that it asks for. */
export function answerPreflight(incoming: IncomingMessage, response: ServerResponse): boolean {
  const method = incoming.headers['access-control-request-method']
  if (incoming.method !== 'OPTIONS' || method === undefined) return false
  const headers = incoming.headers['access-control-request-headers']
  response.setHeader('Access-Control-Allow-Methods', method)
  if (headers) response.setHeader('Access-Control-Allow-Headers', headers)
  response.setHeader('Access-Control-Max-Age', '600')
  response.writeHead(204).end()
  return true
}

export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    response.setHeader(name, typeof value === 'string' ? value : [...value])
  }
  response.statusCode = answer.status
  if (answer.chunks) {
    for (const chunk of answer.chunks) {
      response.write(chunk)
      // Without a turn between them, they would arrive as one.
      await setImmediate()
    }
    response.end()
    return
  }
  const bodiless = answer.status === 204 || answer.status === 304
  const body = answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json)
  if (answer.json !== undefined) response.setHeader('Content-Type', 'application/json')
  if (!bodiless) response.setHeader('Content-Length', Buffer.byteLength(body))
  response.end(bodiless ? undefined : body)
}
