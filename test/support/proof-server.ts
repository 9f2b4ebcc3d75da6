import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Credential } from 'unexpired'

/** What it was sent, and what it made of it. */
export interface ProvenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly status: number
  /** Why it was turned down; `undefined` when it was not. */
  readonly why: string | undefined
}

/** A server that takes no token without a proof of possession that is made for this one attempt. */
export interface ProofServer {
  readonly url: string
  /** Known to the server, and to whoever signed in. */
  readonly key: Uint8Array
  readonly requests: readonly ProvenRequest[]
  readonly refreshes: number
  signIn(): { accessToken: string; refreshToken: string }
  /** Spends the refresh token. */
  refresh(refreshToken: string | undefined, signal?: AbortSignal): Promise<Response>
  /** All access tokens are expired from now on. */
  expireNow(): void
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** As a proof of RFC 9449 binds them: by `jti`, `htm`, `htu` and `ath`; here with the query, too. */
const signed = (id: string, method: string, url: string, tokenHash: string): string =>
  [id, method, url, tokenHash].join('\n')

/** Starts a server of `/refresh` and an API everywhere else, which ends with its test. */
export async function startProofServer(): Promise<ProofServer> {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const requests: ProvenRequest[] = []
  const good = new Set<string>()
  const used = new Set<string>()
  let generation = 0
  let refreshes = 0

  function grant(): { accessToken: string; refreshToken: string } {
    generation += 1
    const accessToken = `access-${crypto.randomUUID()}`
    good.add(accessToken)
    return { accessToken, refreshToken: `refresh-${generation}` }
  }

  function faultOf({ method = '', headers }: IncomingMessage, url: string): string | undefined {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
    const { 'x-proof': proof, 'x-proof-id': id } = headers
    if (token === undefined) return 'no token'
    if (typeof proof !== 'string' || typeof id !== 'string') return 'no proof'
    const text = signed(id, method, url, digest(token))
    const right = createHmac('sha256', key).update(text).digest()
    const got = Buffer.from(proof, 'base64url')
    if (got.length !== right.length || !timingSafeEqual(got, right)) return 'wrong proof'
    // Also that of a request which is turned away for its token: a proof serves once.
    if (used.has(id)) return 'used proof'
    used.add(id)
    return good.has(token) ? undefined : 'expired token'
  }

  function serve(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: path = '', headers } = incoming
    const url = `http://${headers.host ?? ''}${path}`
    const why = faultOf(incoming, url)
    // Only an expired token may cause a refresh: a wrong proof is to be seen as what it is.
    const status = why === undefined ? 200 : why === 'expired token' ? 401 : 403
    requests.push({ method, url, headers, status, why })
    const to = new URL(url).searchParams.get('to')
    incoming.resume()
    if (why === undefined && to) response.writeHead(307, { Location: to }).end()
    else response.writeHead(status, { 'Content-Type': 'application/json' }).end(`{"why":"${why}"}`)
  }

  const server = createServer((incoming, response) => {
    // jsdom takes its own page for another origin.
    const { origin = '*', 'access-control-request-headers': names } = incoming.headers
    response.setHeader('Access-Control-Allow-Origin', origin)
    response.setHeader('Access-Control-Allow-Headers', names ?? '')
    if (incoming.method === 'OPTIONS') return void response.writeHead(204).end()
    if (incoming.url !== '/refresh') return serve(incoming, response)
    refreshes += 1
    let body = ''
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
    incoming.on('end', () => {
      const isGood = body === `refresh-${generation}`
      response.writeHead(isGood ? 200 : 400, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(isGood ? grant() : { error: 'invalid_grant' }))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    key,
    requests,
    get refreshes() {
      return refreshes
    },
    signIn: grant,
    refresh: (refreshToken, signal) =>
      fetch(`${url}/refresh`, {
        method: 'POST',
        body: refreshToken ?? '',
        ...(signal ? { signal } : {}),
      }),
    expireNow: () => good.clear(),
  }
}

/** A credential that proves possession of the key, anew for each attempt, by Web Crypto. */
export function proving(secret: Uint8Array): Credential {
  const encoder = new TextEncoder()
  const base64url = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('base64url')
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = crypto.subtle.importKey('raw', secret.slice(), hmac, false, ['sign'])
  return async ({ headers, method, url, accessToken }) => {
    const id = crypto.randomUUID()
    const hash = await crypto.subtle.digest('SHA-256', encoder.encode(accessToken))
    const text = encoder.encode(signed(id, method, url, base64url(hash)))
    const proof = base64url(await crypto.subtle.sign('HMAC', await key, text))
    return { ...headers, 'X-Proof': proof, 'X-Proof-Id': id }
  }
}
