/* oxlint-disable no-underscore-dangle -- `_retry` is the name that everybody copies */
import axios from 'axios'
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'

import { expiryOf, isOver } from './parts.js'
import type { Envelope, PlainClient, PlainParts, XTokens } from './parts.js'

interface Retriable extends InternalAxiosRequestConfig {
  _retry?: boolean
}

// What tutorials and answers show, and most projects have. It works as long as requests come one at a time.
export function xTokenAxios({ url, storage, goToSignIn, adapter }: PlainParts): PlainClient {
  const api = axios.create({ adapter })
  const bare = axios.create({ adapter })

  function save({ token, expiresIn }: XTokens): void {
    storage.set({ accessToken: token, expiresAt: expiryOf(expiresIn) })
  }

  function logOut(): void {
    storage.set({})
    goToSignIn()
  }

  async function refresh(): Promise<void> {
    try {
      const { data } = await bare.post<Envelope<XTokens>>(url('/x/refreshtoken'), null, {
        headers: { 'X-Token': storage.get().accessToken },
      })
      if (data.code !== 0) throw new Error(data.message)
      save(data.data)
    } catch (error) {
      logOut()
      throw error
    }
  }

  api.interceptors.request.use(async (config) => {
    if (isOver(storage.get())) await refresh()
    const { accessToken } = storage.get()
    if (accessToken) config.headers['X-Token'] = accessToken
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
    async signIn(username) {
      const { data } = await bare.post<Envelope<XTokens>>(url('/x/login'), { username })
      save(data.data)
    },
    async get(path, signal) {
      const { data } = await api.get<Envelope<unknown>>(url(`/x${path}`), { signal })
      return data.data
    },
  }
}
