import { performance } from 'node:perf_hooks'

import axios from 'axios'
import { createSession, RefreshRefusedError } from 'unexpired'
import type { Session } from 'unexpired'
import { attachSession } from 'unexpired/axios'

import type { BearerTokens, Envelope, XTokens } from '../playground/plain/parts.js'
import { username } from './contender.js'
import type { Contender, Line } from './contender.js'
import type { RefreshStretch } from './results.js'

/** 401, Bearer, a rotating refresh token. */
export function bearerWithSession({ url, adapter }: Line): Contender {
  let thrownOut = 0
  const session = createSession({
    refresh: ({ refreshToken, signal }) =>
      axios
        .post<BearerTokens>(`${url}/auth/refresh`, { refreshToken }, { signal })
        .then(({ data }) => data),
    onSignedOut: () => {
      thrownOut += 1
    },
  })
  const api = attachSession(axios.create({ baseURL: `${url}/api`, adapter }), session)
  return {
    async get(path) {
      const { data } = await api.get<unknown>(path)
      return data
    },
    async signIn() {
      const { data } = await axios.post<BearerTokens>(`${url}/auth/login`, { username })
      await session.signIn(data)
    },
    get thrownOut() {
      return thrownOut
    },
    refreshes: noteRefreshes(session),
    close: () => void session.close(),
  }
}

/** HTTP 200 with `{ code: 1234 }`, X-Token, the old token buys the new one through the same instance. */
export function xTokenWithSession({ url, adapter }: Line): Contender {
  let thrownOut = 0
  const session: Session = createSession({
    refresh: ({ tokens, signal }) =>
      api
        .post<Envelope<XTokens>>('/refreshtoken', null, {
          headers: { 'X-Token': tokens.accessToken },
          signal,
        })
        .then(({ data }) => {
          if (data.code !== 0) throw new RefreshRefusedError(data.message)
          return { accessToken: data.data.token, expiresIn: data.data.expiresIn }
        }),
    onSignedOut: () => {
      thrownOut += 1
    },
  })
  const api = attachSession(axios.create({ baseURL: `${url}/x`, adapter }), session, {
    header: 'X-Token',
    scheme: '',
    expired: (response) => response.data?.code === 1234,
  })
  return {
    async get(path) {
      const { data } = await api.get<Envelope<unknown>>(path)
      if (data.code !== 0) throw new Error(data.message)
      return data.data
    },
    async signIn() {
      const { data } = await axios.post<Envelope<XTokens>>(`${url}/x/login`, { username })
      await session.signIn({ accessToken: data.data.token, expiresIn: data.data.expiresIn })
    },
    get thrownOut() {
      return thrownOut
    },
    refreshes: noteRefreshes(session),
    close: () => void session.close(),
  }
}

/** Notes when the session refreshed, by what it says itself. */
function noteRefreshes(session: Session): readonly RefreshStretch[] {
  const noted: RefreshStretch[] = []
  let from: number | undefined
  const end = (granted: boolean): void => {
    if (from !== undefined) noted.push({ from, to: performance.now(), granted })
    from = undefined
  }
  session.on('refresh-started', () => {
    from = performance.now()
  })
  session.on('refreshed', () => end(true))
  session.on('refresh-unavailable', () => end(false))
  session.on('signed-out', () => end(false))
  return noted
}
