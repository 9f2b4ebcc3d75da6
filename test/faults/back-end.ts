import { startTokenServer } from 'unexpired/testing'
import type { NeutralAnswer, NeutralRequest } from '../contract/neutral-client.js'
import { startOidcServer } from '../support/oidc-server.js'
import type { OidcServer } from '../support/oidc-server.js'

export interface Pair {
  readonly accessToken: string
  readonly refreshToken: string
}

/** A server behind the proxy. */
export interface BackEnd {
  readonly url: string
  /** Whether a refresh token whose answer was lost may be sent again. */
  readonly forgives: boolean
  readonly api: string
  /** Answers whoever asks. */
  readonly openPath: string
  readonly refreshPath: string
  signIn(): Promise<Pair>
  refreshRequest(refreshToken: string): NeutralRequest
  /** Lets all access tokens die; not at oidc-provider, where they are given dead ones. */
  expire(): void
  /** Whether this is an answer of its API that only a good token gets. */
  isServed(answer: NeutralAnswer): boolean
  close(): Promise<void>
}

/** Longer than any test lasts (milliseconds). */
const graceMs = 60_000

const startTokens = (rotation: 'strict' | { graceMs: number }) => async (): Promise<BackEnd> => {
  const server = await startTokenServer({ rotation })
  return {
    url: server.url,
    forgives: rotation !== 'strict',
    api: '/api/thing',
    openPath: '/',
    refreshPath: '/auth/refresh',
    async signIn() {
      const answer = await fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Connection: 'close' },
        body: JSON.stringify({ username: 'ann' }),
      })
      return (await answer.json()) as Pair
    },
    refreshRequest: (refreshToken) => ({
      method: 'POST',
      path: '/auth/refresh',
      body: { refreshToken },
    }),
    expire: () => server.orders.expireNow(),
    isServed: (answer) => (parsed(answer.text()) as { user?: unknown }).user === 'ann',
    close: () => server.close(),
  }
}

/** What all tests of a file share: its keys take long to make, and each sign-in is a grant of its own. */
let shared: Promise<OidcServer> | undefined

/** oidc-provider rotates strictly. */
async function startOidc(): Promise<BackEnd> {
  const server = await (shared ??= startOidcServer())
  const { pathname: refreshPath } = new URL(server.tokenEndpoint)
  return {
    url: server.issuer,
    forgives: false,
    api: new URL(server.userinfoEndpoint).pathname,
    openPath: '/.well-known/openid-configuration',
    refreshPath,
    async signIn() {
      const { access_token: accessToken, refresh_token: refreshToken } = await server.signIn('ann')
      return { accessToken, refreshToken }
    },
    refreshRequest: (refreshToken) => ({
      method: 'POST',
      path: refreshPath,
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: server.clientId,
        client_secret: server.clientSecret,
      }),
    }),
    expire: () => undefined,
    isServed: (answer) => (parsed(answer.text()) as { sub?: unknown }).sub === 'ann',
    close: () => Promise.resolve(),
  }
}

/** Ends what the tests of a file have shared. */
export async function closeShared(): Promise<void> {
  await (await shared)?.close()
  shared = undefined
}

/** JSON, or else the text as it is: what axios makes of a body. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

export const backEnds = {
  'a server with strict rotation': startTokens('strict'),
  'a server with a grace window': startTokens({ graceMs }),
  'oidc-provider': startOidc,
} satisfies Record<string, () => Promise<BackEnd>>

export type BackEndName = keyof typeof backEnds
