import { CanceledError } from 'axios'
import type { AxiosError, InternalAxiosRequestConfig } from 'axios'
import { signRequests } from './client.js'
import type { Attach, Pair } from './client.js'

/** What becomes of a request that is turned away while another one refreshes. */
type Wait = (
  refreshing: Promise<unknown>,
  again: () => Promise<unknown>,
  error: AxiosError,
) => Promise<unknown>

interface Behaviour {
  readonly wait: Wait
  /** Whether a replay that is turned away starts all over. */
  readonly unmarked?: boolean
  readonly signOutForEach?: boolean
}

type Config = InternalAxiosRequestConfig & { isRetry?: boolean }

const waiting =
  ({ wait, unmarked, signOutForEach }: Behaviour): Attach =>
  (api, { refresh, onSignedOut, onRefreshed }) => {
    let tokens: Pair | undefined
    let refreshing: Promise<void> | undefined
    signRequests(api, () => tokens?.accessToken)

    const renew = async (): Promise<void> => {
      try {
        tokens = await refresh(tokens?.refreshToken ?? '')
        onRefreshed?.()
      } catch (failure) {
        tokens = undefined
        if (!signOutForEach) onSignedOut()
        throw failure
      } finally {
        refreshing = undefined
      }
    }

    api.interceptors.response.use(undefined, async (error: AxiosError) => {
      const config = error.config as Config
      if (error.response?.status !== 401 || (config.isRetry && !unmarked)) throw error
      config.isRetry = true
      const again = (): Promise<unknown> => api(config)
      try {
        if (refreshing) return await wait(refreshing, again, error)
        refreshing = renew()
        await refreshing
        return await again()
      } catch (failure) {
        if (signOutForEach) onSignedOut()
        throw failure
      }
    })

    return {
      signIn: (pair) => void (tokens = pair),
      signOut: () => void (tokens = undefined),
      tokens: () => tokens,
    }
  }

const join: Wait = async (refreshing, again) => {
  await refreshing
  return again()
}

/** One refreshes; who comes meanwhile is told no. */
export const firstOneWins = waiting({ wait: (_refreshing, _again, error) => Promise.reject(error) })

/** Who waited for a refresh that failed is told that the request was cancelled. */
export const cancelsWaiters = waiting({
  wait: (refreshing, again) =>
    refreshing.then(again, () => Promise.reject(new CanceledError('the refresh failed'))),
})

/** Nobody tells those who wait that the refresh failed. */
export const forgetsWaiters = waiting({
  wait: (refreshing, again) =>
    new Promise(
      (resolve) =>
        void refreshing.then(
          () => resolve(again()),
          () => undefined,
        ),
    ),
})

/** Of two that look the same, one takes the place of the other. */
export function mergesWaiters(): Attach {
  const line = new Map<string, () => void>()
  return waiting({
    wait(refreshing, again, { config }) {
      const key = `${config?.method} ${config?.url} ${String(config?.data)}`
      return new Promise((resolve, reject) => {
        line.set(key, () => resolve(again()))
        refreshing.then(() => {
          line.get(key)?.()
          line.delete(key)
        }, reject)
      })
    },
  })
}

/** A replay that is turned away is treated as if it were the first attempt. */
export const neverGivesUp = waiting({ wait: join, unmarked: true })

/** Everybody who waited signs the user out. */
export const signsOutForEach = waiting({ wait: join, signOutForEach: true })

/** One refresh at a time, and whoever comes joins; what the app's callback throws is a failure too. */
export const joins = waiting({ wait: join })
