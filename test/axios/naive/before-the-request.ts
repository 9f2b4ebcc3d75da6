import type { AxiosError, InternalAxiosRequestConfig } from 'axios'
import { signRequests } from './client.js'
import type { Attach, Pair } from './client.js'

type Config = InternalAxiosRequestConfig & { isRetry?: boolean }

/** Looks at the clock before each request, and refreshes where the token seems to be over. */
export const looksAtTheClock: Attach = (api, { refresh, clock }) => {
  let tokens: Pair | undefined
  let deadAt = 0
  const now = (): number => clock?.now() ?? Date.now()
  const keep = (pair: Pair): void => {
    tokens = pair
    // The server’s wall clock, in its own words; without it, 0.
    deadAt = pair.expiresIn ? Date.UTC(2026, 0) + pair.expiresIn * 1000 : 0
  }
  api.interceptors.request.use(async (config) => {
    if (tokens && now() >= deadAt) keep(await refresh(tokens.refreshToken))
    return config
  })
  signRequests(api, () => tokens?.accessToken)
  // Those that were registered last run first.
  const { handlers } = api.interceptors.request as unknown as { handlers: unknown[] }
  handlers.reverse()
  return { signIn: keep, signOut: () => void (tokens = undefined), tokens: () => tokens }
}

/** Plans the next refresh with a timer, however far away it is. */
export const plansAhead: Attach = (api, { refresh }) => {
  let tokens: Pair | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOn = true
  const keep = (pair: Pair): void => {
    tokens = pair
    const plan = (): void => void refresh(pair.refreshToken).then(keep, () => undefined)
    if (isOn) timer = setTimeout(plan, (pair.expiresIn ?? 0) * 1000 - 60_000).unref()
  }
  signRequests(api, () => tokens?.accessToken)
  return {
    signIn: keep,
    signOut() {
      isOn = false
      clearTimeout(timer)
    },
    tokens: () => tokens,
  }
}

/** One place for the tokens of the whole process. */
const slot: { tokens: Pair | undefined } = { tokens: undefined }

export const oneSlot: Attach = (api) => {
  signRequests(api, () => slot.tokens?.accessToken)
  return {
    // Whoever is there first stays.
    signIn: (pair) => void (slot.tokens ??= pair),
    signOut: () => void (slot.tokens = undefined),
    tokens: () => slot.tokens,
  }
}

/** Holds requests during a refresh, and tries once more whatever goes wrong. */
export const triesAgain: Attach = (api, { refresh }) => {
  let tokens: Pair | undefined
  let isOver = false
  signRequests(api, () => tokens?.accessToken)
  api.interceptors.request.use(async (config) => {
    if (isOver && tokens) tokens = await refresh(tokens.refreshToken)
    isOver = false
    return config
  })
  api.interceptors.response.use(undefined, (error: AxiosError) => {
    const config = error.config as Config
    if (config.isRetry) throw error
    config.isRetry = true
    return api(config)
  })
  return {
    signIn(pair) {
      tokens = pair
      isOver = true
    },
    signOut: () => void (tokens = undefined),
    tokens: () => tokens,
  }
}

/** Keeps what a refresh brings, field by field, whoever is signed in by then. */
export const mixesFields: Attach = (api, { refresh }) => {
  let tokens: Partial<Pair> | undefined
  signRequests(api, () => tokens?.accessToken)
  api.interceptors.response.use(undefined, async (error: AxiosError) => {
    const config = error.config as Config
    if (config.isRetry || !tokens) throw error
    config.isRetry = true
    try {
      const { accessToken } = await refresh(tokens.refreshToken ?? '')
      tokens = { ...tokens, accessToken }
    } catch {
      // What was refused is kept: perhaps it works next time.
    }
    return api(config)
  })
  return {
    signIn: (pair) => void (tokens = pair),
    signOut: () => void (tokens = undefined),
    tokens: () => tokens,
  }
}
