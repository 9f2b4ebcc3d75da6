import type { IncomingHttpHeaders } from 'node:http'

import { tokenShape } from './families.js'
import type { Holder } from './families.js'
import type { Answer, ApiDialect, ReceivedRequest } from './protocol.js'

/**
 * What an API request is answered with: what the server received. It holds no credential: the
 * headers that carry one are left out, and a token anywhere else is replaced by `[token]`.
 */
export interface EchoedRequest {
  /** In upper case. */
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** A name that came more than once has a list. */
  readonly query: Readonly<Record<string, string | readonly string[]>>
  /** Who signed in for the token that was sent. */
  readonly user: string
  /** The generation of the token that was sent. */
  readonly generation: number
  /** As text; empty where there was none. */
  readonly body: string
  /** In lower case, without those that carry a credential. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

const alwaysCredentials = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-token'])

const showsToken = (value: string | readonly string[] | undefined): boolean =>
  String(value).search(tokenShape) >= 0

/** The names of the headers that carry a credential, sorted. */
export function credentialHeaders(headers: IncomingHttpHeaders): string[] {
  return Object.keys(headers)
    .filter((name) => alwaysCredentials.has(name) || showsToken(headers[name]))
    .sort()
}

function echoOf(request: ReceivedRequest, { user, generation }: Holder): EchoedRequest {
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(request.query.keys())) {
    const [only = '', ...more] = request.query.getAll(name)
    query[name] = more.length > 0 ? [only, ...more] : only
  }
  const headers: Record<string, string | string[]> = {}
  const hidden = new Set(credentialHeaders(request.headers))
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !hidden.has(name)) headers[name] = value
  }
  const { method, path, body } = request
  const echo: EchoedRequest = { method, path, query, user, generation, body, headers }
  return JSON.parse(JSON.stringify(echo).replace(tokenShape, '[token]')) as EchoedRequest
}

const notFound: Answer = { status: 400, json: { error: 'invalid_request' } }

function redirect({ query }: ReceivedRequest): Answer {
  const to = query.get('to')
  const status = Number(query.get('status') ?? 302)
  return to && status >= 300 && status <= 399 ? { status, headers: { Location: to } } : notFound
}

function withStatus(text: string): Answer {
  const status = Number(text)
  return status >= 200 && status <= 599 ? { status, json: { status } } : notFound
}

/** What the API has for whoever's token is good, besides the echo that every other path is. */
export async function visit(
  resource: string,
  request: ReceivedRequest,
  holder: Holder,
  dialect: ApiDialect,
  pause: (ms: number) => Promise<void>,
): Promise<Answer | 'never' | 'turn-away'> {
  switch (resource) {
    case '/always-401':
      return 'turn-away'
    case '/forbidden':
      return { status: 403, json: { error: 'insufficient_scope' } }
    case '/redirect':
      return redirect(request)
    case '/never':
      return 'never'
    case '/stream':
      return {
        status: 200,
        headers: { 'Content-Type': 'text/plain; charset=utf-8' },
        chunks: ['first\n', 'second\n', 'third\n'],
      }
    case '/slow':
      await pause(Number(request.query.get('ms') ?? 0))
      break
    default: {
      const status = /^\/status\/(\d{3})$/.exec(resource)?.[1]
      if (status) return withStatus(status)
    }
  }
  return dialect.served(echoOf(request, holder))
}
