import { createSession, RefreshRefusedError } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

import type { BearerTokens, Envelope, XTokens } from '../plain/parts.js'
import type { SessionClient } from './client.js'
import type { SessionParts } from './parts.js'

const post = (address: string, body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal ?? null,
  })

/** 401, Bearer, a rotating refresh token. */
export function bearerFetch(parts: SessionParts): SessionClient {
  const { url, origins, store, refreshTimeoutMs, onSignedOut } = parts
  const session = createSession({
    store,
    refreshTimeoutMs,
    refresh: ({ refreshToken, signal }) => post(url('/auth/refresh'), { refreshToken }, signal),
    onSignedOut,
  })
  const sessionFetch = createFetch(session, { origins })
  return {
    session,
    async signIn(username) {
      const answer = await post(url('/auth/login'), { username })
      await session.signIn((await answer.json()) as BearerTokens)
    },
    async get(path, signal) {
      const answer = await sessionFetch(url(`/api${path}`), { signal })
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
      return answer.json()
    },
  }
}

/** HTTP 200 with `{ code: 1234 }`, X-Token, the old token buys the new one. */
export function xTokenFetch(parts: SessionParts): SessionClient {
  const { url, origins, store, refreshTimeoutMs, onSignedOut } = parts
  const session = createSession({
    store,
    refreshTimeoutMs,
    async refresh({ tokens, signal }) {
      const headers = { 'X-Token': tokens.accessToken }
      const answer = await fetch(url('/x/refreshtoken'), { method: 'POST', headers, signal })
      if (!answer.ok) return answer
      const { code, message, data } = (await answer.json()) as Envelope<XTokens>
      if (code !== 0) throw new RefreshRefusedError(message)
      return tokensOf(data)
    },
    onSignedOut,
  })
  const sessionFetch = createFetch(session, {
    origins,
    header: 'X-Token',
    scheme: '',
    expired: async (response) => ((await response.json()) as Envelope<unknown>).code === 1234,
  })
  return {
    session,
    async signIn(username) {
      const answer = await post(url('/x/login'), { username })
      await session.signIn(tokensOf(((await answer.json()) as Envelope<XTokens>).data))
    },
    async get(path, signal) {
      const answer = await sessionFetch(url(`/x${path}`), { signal })
      const { code, message, data } = (await answer.json()) as Envelope<unknown>
      if (code !== 0) throw new Error(message)
      return data
    },
  }
}

const tokensOf = ({ token, expiresIn }: XTokens) => ({
  accessToken: token,
  ...(expiresIn === undefined ? {} : { expiresIn }),
})
