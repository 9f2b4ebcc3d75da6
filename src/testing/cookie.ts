import { below, field, invalidRequest, refusals } from './protocol.js'
import type { ApiDialect, Protocol, ReceivedRequest, TokenDialect } from './protocol.js'

const accessCookie = 'access'
const refreshCookie = 'refresh'

/** Session cookies, however long the token lives: the server alone judges it. */
const bake = (name: string, value: string, more = ''): string =>
  `${name}=${encodeURIComponent(value)}; Path=/cookie; HttpOnly; SameSite=Lax${more}`

const api: ApiDialect = {
  served: (echo) => ({ status: 200, json: echo }),
  turnedAway: () => ({ status: 401, json: { error: 'invalid_token' } }),
}

const dialect: TokenDialect = {
  form: 'pair',
  granted: ({ accessToken, refreshToken }) => {
    const cookies: string[] = []
    if (accessToken !== undefined) cookies.push(bake(accessCookie, accessToken))
    if (refreshToken !== undefined) cookies.push(bake(refreshCookie, refreshToken))
    return { status: 204, headers: { 'Set-Cookie': cookies } }
  },
  refused: (refusal) => ({
    status: 401,
    json: { error: 'invalid_grant', error_description: refusals[refusal] },
  }),
}

const signedOut = {
  status: 204,
  headers: {
    'Set-Cookie': [bake(accessCookie, '', '; Max-Age=0'), bake(refreshCookie, '', '; Max-Age=0')],
  },
}

function sentCookie(request: ReceivedRequest, name: string): string | undefined {
  for (const pair of request.headers.cookie?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name && value) return value
  }
  return undefined
}

/** Tokens that no script sees: the browser carries them. */
export const cookie: Protocol = (request) => {
  if (request.method === 'POST' && request.path === '/cookie/login') {
    const user = field(request, 'username')
    return user
      ? { kind: 'sign-in', dialect, user }
      : { kind: 'other', answer: invalidRequest('username is missing') }
  }
  const token = sentCookie(request, refreshCookie)
  if (request.method === 'POST' && request.path === '/cookie/refresh') {
    return { kind: 'refresh', dialect, token }
  }
  if (request.method === 'POST' && request.path === '/cookie/logout') {
    return { kind: 'sign-out', answer: signedOut, token }
  }
  const resource = below('/cookie/api', request.path)
  if (resource === undefined) return undefined
  return { kind: 'api', dialect: api, token: sentCookie(request, accessCookie), resource }
}
