import { RefreshRefusedError } from 'unexpired'
import type { RefreshRequest, ResponseLike, TokenResponse } from 'unexpired'
import type { EchoedRequest, TokenServer } from 'unexpired/testing'
import type { Credential, NeutralAnswer, NeutralRequest } from './neutral-client.js'

export type Refresh = (request: RefreshRequest) => Promise<TokenResponse | ResponseLike>

/** What a sign-in at the token server yields. */
export type SignedInTokens = TokenResponse & { accessToken: string }

/** One of the two ways in which the token server speaks. */
export interface Protocol {
  readonly name: string
  readonly credential: Credential
  /** What all paths of its API begin with. */
  readonly api: string
  readonly refreshPath: string
  signIn(server: TokenServer, user: string): Promise<SignedInTokens>
  /** A refresh function that goes past the client under test. */
  refresh(origin: string): Refresh
  /** What a refresh through the client under test sends, without a credential header. */
  refreshRequest(request: RefreshRequest): NeutralRequest
  /** The header with which a caller brings a credential of its own. */
  ownHeader(accessToken: string): Record<string, string>
  /** @throws where the answer is no grant */
  readRefresh(answer: NeutralAnswer): TokenResponse
  /** Whether the token was turned down. */
  isTurnedAway(answer: NeutralAnswer): boolean
  /** What the API says that it received. */
  echo(answer: NeutralAnswer): EchoedRequest
}

const post = (url: string, body: unknown, headers: Record<string, string>, signal?: AbortSignal) =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })

/** Bearer tokens, 401, a rotating refresh token. */
export const bearer: Protocol = {
  name: 'Bearer and 401',
  credential: { header: 'Authorization', scheme: 'Bearer' },
  api: '/api',
  refreshPath: '/auth/refresh',
  async signIn(server, username) {
    const answer = await post(`${server.url}/auth/login`, { username }, {})
    return (await answer.json()) as SignedInTokens
  },
  refresh:
    (origin) =>
    ({ refreshToken, signal }) =>
      post(`${origin}/auth/refresh`, { refreshToken }, {}, signal),
  refreshRequest: ({ refreshToken }) => ({
    method: 'POST',
    path: '/auth/refresh',
    body: { refreshToken },
  }),
  ownHeader: (accessToken) => ({ Authorization: `Bearer ${accessToken}` }),
  readRefresh(answer) {
    if (answer.status !== 200) throw Object.assign(new Error('no'), { status: answer.status })
    return answer.json() as TokenResponse
  },
  isTurnedAway: (answer) => answer.status === 401,
  echo: (answer) => answer.json() as EchoedRequest,
}

interface XAnswer<Data> {
  code?: number
  message?: string
  data?: Data
}

interface XTokens {
  token: string
  expiresIn: number
}

function tokensOf({ code, message, data }: XAnswer<XTokens>): TokenResponse {
  if (code === 1235) throw new RefreshRefusedError(message)
  return { accessToken: data?.token as string, expiresIn: data?.expiresIn }
}

/** A bare token in a header of its own, HTTP 200 with a code; the old token buys the new one. */
export const xToken: Protocol = {
  name: 'X-Token and a code in the body',
  credential: { header: 'X-Token', scheme: '', expiredCode: 1234 },
  api: '/x',
  refreshPath: '/x/refreshtoken',
  async signIn(server, username) {
    const answer = await post(`${server.url}/x/login`, { username }, {})
    const { data } = (await answer.json()) as { data: XTokens }
    return { accessToken: data.token, expiresIn: data.expiresIn }
  },
  refresh:
    (origin) =>
    async ({ tokens, signal }) => {
      const headers = { 'X-Token': tokens.accessToken }
      const answer = await post(`${origin}/x/refreshtoken`, null, headers, signal)
      if (!answer.ok) return answer
      const text = await answer.text()
      return tokensOf(text.startsWith('{"code"') ? (JSON.parse(text) as XAnswer<XTokens>) : {})
    },
  refreshRequest: ({ tokens }) => ({
    method: 'POST',
    path: '/x/refreshtoken',
    headers: { 'X-Token': tokens.accessToken },
  }),
  ownHeader: (accessToken) => ({ 'X-Token': accessToken }),
  readRefresh: (answer) => tokensOf(answer.json() as XAnswer<XTokens>),
  isTurnedAway: (answer) =>
    answer.status === 200 && (answer.json() as XAnswer<unknown>).code === 1234,
  echo: (answer) => (answer.json() as { data: EchoedRequest }).data,
}
