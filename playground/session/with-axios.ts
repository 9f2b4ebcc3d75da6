import axios from 'axios'
import { createSession, RefreshRefusedError } from 'unexpired'
import type { Session } from 'unexpired'
import { attachSession } from 'unexpired/axios'

import type { BearerTokens, Envelope, XTokens } from '../plain/parts.js'
import type { SessionClient } from './client.js'
import type { SessionParts } from './parts.js'

/** 401, Bearer, a rotating refresh token. */
export function bearerAxios(parts: SessionParts): SessionClient {
  const { url, origins, store, refreshTimeoutMs, onSignedOut } = parts
  const session = createSession({
    store,
    refreshTimeoutMs,
    refresh: ({ refreshToken, signal }) =>
      axios
        .post<BearerTokens>(url('/auth/refresh'), { refreshToken }, { signal })
        .then(({ data }) => data),
    onSignedOut,
  })
  const api = attachSession(axios.create(), session, { origins })
  return {
    session,
    async signIn(username) {
      const { data } = await axios.post<BearerTokens>(url('/auth/login'), { username })
      await session.signIn(data)
    },
    async get(path, signal) {
      const { data } = await api.get<unknown>(url(`/api${path}`), { signal })
      return data
    },
  }
}

/** HTTP 200 with `{ code: 1234 }`, X-Token, the old token buys the new one through the same instance. */
export function xTokenAxios(parts: SessionParts): SessionClient {
  const { url, origins, store, refreshTimeoutMs, onSignedOut } = parts
  const session: Session = createSession({
    store,
    refreshTimeoutMs,
    refresh: ({ tokens, signal }) =>
      api
        .post<Envelope<XTokens>>(url('/x/refreshtoken'), null, {
          headers: { 'X-Token': tokens.accessToken },
          signal,
        })
        .then(({ data }) => {
          if (data.code !== 0) throw new RefreshRefusedError(data.message)
          return tokensOf(data.data)
        }),
    onSignedOut,
  })
  const api = attachSession(axios.create(), session, {
    origins,
    header: 'X-Token',
    scheme: '',
    expired: (response) => response.data?.code === 1234,
  })
  return {
    session,
    async signIn(username) {
      const { data } = await axios.post<Envelope<XTokens>>(url('/x/login'), { username })
      await session.signIn(tokensOf(data.data))
    },
    async get(path, signal) {
      const { data } = await api.get<Envelope<unknown>>(url(`/x${path}`), { signal })
      if (data.code !== 0) throw new Error(data.message)
      return data.data
    },
  }
}

const tokensOf = ({ token, expiresIn }: XTokens) => ({
  accessToken: token,
  ...(expiresIn === undefined ? {} : { expiresIn }),
})
