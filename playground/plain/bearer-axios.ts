/* oxlint-disable no-underscore-dangle -- `_retry` is the name that everybody copies */
import axios from 'axios'
import type { AxiosError, InternalAxiosRequestConfig } from 'axios'

import { expiryOf, isOver } from './parts.js'
import type { BearerTokens, PlainClient, PlainParts } from './parts.js'

interface Retriable extends InternalAxiosRequestConfig {
  _retry?: boolean
}

// What tutorials and answers show, and most projects have. It works as long as requests come one at a time.
export function bearerAxios({ url, storage, goToSignIn, adapter }: PlainParts): PlainClient {
  const api = axios.create({ adapter })
  const bare = axios.create({ adapter })

  function save({ accessToken, refreshToken, expiresIn }: BearerTokens): void {
    storage.set({ accessToken, refreshToken, expiresAt: expiryOf(expiresIn) })
  }

  function logOut(): void {
    storage.set({})
    goToSignIn()
  }

  async function refresh(): Promise<void> {
    try {
      const { refreshToken } = storage.get()
      const { data } = await bare.post<BearerTokens>(url('/auth/refresh'), { refreshToken })
      save(data)
    } catch (error) {
      logOut()
      throw error
    }
  }

  api.interceptors.request.use(async (config) => {
    if (isOver(storage.get())) await refresh()
    const { accessToken } = storage.get()
    if (accessToken) config.headers.Authorization = `Bearer ${accessToken}`
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
    async signIn(username) {
      const { data } = await bare.post<BearerTokens>(url('/auth/login'), { username })
      save(data)
    },
    async get(path, signal) {
      const { data } = await api.get<unknown>(url(`/api${path}`), { signal })
      return data
    },
  }
}
