import type { AxiosError, InternalAxiosRequestConfig } from 'axios'
import { signRequests } from './client.js'
import type { Attach, Pair } from './client.js'

interface Waiter {
  resolve(): void
  reject(error: unknown): void
}

type Config = InternalAxiosRequestConfig & { isRetry?: boolean }

/** The interceptor that everyone copies: a flag, a queue, and a second call of the instance. */
export const interceptorQueue: Attach = (api, { refresh, onSignedOut }) => {
  let tokens: Pair | undefined
  let isRefreshing = false
  let queue: Waiter[] = []
  signRequests(api, () => tokens?.accessToken)

  api.interceptors.response.use(undefined, async (error: AxiosError) => {
    const config = error.config as Config
    if (error.response?.status !== 401 || config.isRetry || !tokens) throw error
    if (isRefreshing) {
      await new Promise<void>((resolve, reject) => queue.push({ resolve, reject }))
      return api(config)
    }
    config.isRetry = true
    isRefreshing = true
    // It throws at once? Then the flag stays up.
    const refreshing = refresh(tokens.refreshToken)
    try {
      tokens = await refreshing
      for (const { resolve } of queue) resolve()
    } catch (failure) {
      for (const { reject } of queue) reject(failure)
      tokens = undefined
      onSignedOut()
      throw failure
    } finally {
      queue = []
      isRefreshing = false
    }
    return api(config)
  })

  return {
    signIn: (pair) => void (tokens = pair),
    signOut: () => void (tokens = undefined),
    tokens: () => tokens,
  }
}
