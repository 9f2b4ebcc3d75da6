/* oxlint-disable no-underscore-dangle -- `_retry` is the name that everybody copies */
import axios from 'axios'
import type { AxiosError, AxiosResponse, InternalAxiosRequestConfig } from 'axios'

import type { BearerTokens, Contender, Envelope, Line, XTokens } from './contender.js'

// What tutorials and answers show, and most projects have: each request that finds the token dead
// refreshes it, and `_retry` keeps that request from doing so twice. The better copies see a known
// lifetime end, and do not take the 401 of the refresh itself for one of the API: so does this one.
// It works as long as requests come one at a time.

const username = 'ann'

/** The flag that everybody hangs on the config. */
interface Retriable extends InternalAxiosRequestConfig {
  _retry?: boolean
}

/** Stands in for localStorage. */
interface Kept {
  accessToken?: string | undefined
  refreshToken?: string | undefined
  expiresAt?: number | undefined
}

const expiryOf = (expiresIn: number | undefined): number | undefined =>
  expiresIn === undefined ? undefined : Date.now() + expiresIn * 1000

const isOver = ({ expiresAt }: Kept): boolean => expiresAt !== undefined && Date.now() >= expiresAt

/** 401, Bearer, a rotating refresh token. */
export function plainBearer({ url, adapter }: Line): Contender {
  let storage: Kept = {}
  let thrownOut = 0
  const api = axios.create({ baseURL: `${url}/api`, adapter })

  function save({ accessToken, refreshToken, expiresIn }: BearerTokens): void {
    storage = { accessToken, refreshToken, expiresAt: expiryOf(expiresIn) }
  }

  function logOut(): void {
    storage = {}
    thrownOut += 1
  }

  async function refresh(): Promise<void> {
    try {
      const { refreshToken } = storage
      const { data } = await axios.post<BearerTokens>(`${url}/auth/refresh`, { refreshToken })
      save(data)
    } catch (error) {
      logOut()
      throw error
    }
  }

  api.interceptors.request.use(async (config) => {
    if (isOver(storage)) await refresh()
    if (storage.accessToken) config.headers.Authorization = `Bearer ${storage.accessToken}`
    return config
  })

  api.interceptors.response.use(
    (response) => response,
    async (error: AxiosError) => {
      const original: Retriable | undefined = error.config
      if (!original || original.url?.endsWith('/auth/refresh')) throw error
      if (error.response?.status === 401 && !original._retry) {
        original._retry = true
        await refresh()
        return api(original)
      }
      throw error
    },
  )

  return {
    api,
    async signIn() {
      const { data } = await axios.post<BearerTokens>(`${url}/auth/login`, { username })
      save(data)
    },
    get thrownOut() {
      return thrownOut
    },
    close() {},
  }
}

/** HTTP 200 with `{ code: 1234 }`, X-Token, the old token buys the new one. */
export function plainXToken({ url, adapter }: Line): Contender {
  let storage: Kept = {}
  let thrownOut = 0
  const api = axios.create({ baseURL: `${url}/x`, adapter })

  function save({ token, expiresIn }: XTokens): void {
    storage = { accessToken: token, expiresAt: expiryOf(expiresIn) }
  }

  function logOut(): void {
    storage = {}
    thrownOut += 1
  }

  async function refresh(): Promise<void> {
    const { data } = await axios.post<Envelope<XTokens>>(`${url}/x/refreshtoken`, null, {
      headers: { 'X-Token': storage.accessToken },
    })
    if (data.code !== 0) {
      logOut()
      throw new Error(data.message)
    }
    save(data.data)
  }

  api.interceptors.request.use(async (config) => {
    if (isOver(storage)) await refresh()
    if (storage.accessToken) config.headers['X-Token'] = storage.accessToken
    return config
  })

  api.interceptors.response.use(async (response: AxiosResponse<Envelope<unknown>>) => {
    const original: Retriable = response.config
    if (response.data.code === 1234 && !original._retry) {
      original._retry = true
      await refresh()
      return api(original)
    }
    if (response.data.code !== 0) throw new Error(response.data.message)
    return response
  })

  return {
    api,
    async signIn() {
      const { data } = await axios.post<Envelope<XTokens>>(`${url}/x/login`, { username })
      save(data.data)
    },
    get thrownOut() {
      return thrownOut
    },
    close() {},
  }
}
