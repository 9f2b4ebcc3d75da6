import axios from 'axios'
import type { RefreshRequest, TokenResponse } from 'unexpired'

import { createBoundedMap } from './bounded-map.js'
import { jsonOf } from './clients-fetch.js'
import type { Tally } from './tally.js'

/** How one call of a refresh function ended. */
export type TryResult = 'granted' | 'refused' | 'failed' | 'nonsense' | 'network' | 'given-up'

/** As an app writes its refresh function: with fetch and a Response, or with axios and data. */
export type RefreshStyle = 'fetch' | 'axios'

interface Spending {
  running: number
  /** By whom, and when. */
  granted: { readonly by: string; readonly at: number } | undefined
}

/** As many refresh tokens of an account are remembered. */
const mostTokens = 64
/** After a store that was late (milliseconds). */
const excusedMs = 30_000

const hasToken = (data: unknown): boolean => {
  const { accessToken } = (data ?? {}) as { accessToken?: unknown }
  return typeof accessToken === 'string' && /^\w+$/.test(accessToken)
}

const readResult = (status: number, data: unknown): TryResult => {
  if ((data as { error?: unknown } | undefined)?.error === 'invalid_grant') return 'refused'
  if (status >= 400) return 'failed'
  return hasToken(data) ? 'granted' : 'nonsense'
}

/**
 * The refresh function of an account, which sees to it that nobody refreshes twice.
 *
 * @param story - what the sessions say of what has happened, for whoever looks for a mistake
 */
export function createRefreshing(url: string, tally: Tally, story: () => string) {
  let excusedUntil = -Infinity
  const spendings = createBoundedMap<string, Spending>(mostTokens)

  function begin(token: string, who: string): Spending {
    const spending = spendings.get(token) ?? { running: 0, granted: undefined }
    const { running, granted } = spending
    const isExcused = performance.now() < excusedUntil
    if (isExcused && (running > 0 || granted)) tally.add('refreshed twice, as the store was late')
    else if (running > 0)
      tally.violate(`${who}: two refreshes with one refresh token ran at once${story()}`)
    else if (granted) {
      const ago = Math.round(performance.now() - granted.at)
      tally.violate(`${who}: sent again what ${granted.by} had traded ${ago} ms before${story()}`)
    }
    spending.running += 1
    spendings.set(token, spending)
    return spending
  }

  async function send(
    { refreshToken, signal }: RefreshRequest,
    style: RefreshStyle,
  ): Promise<{ status: number; data: unknown; text: string; headers: HeadersInit }> {
    if (style === 'axios') {
      const answer = await axios.post<string>(
        url,
        { refreshToken },
        { signal, responseType: 'text', validateStatus: null, transformResponse: [] },
      )
      const { status, data } = answer
      const retryAfter = String(answer.headers['retry-after'] ?? '')
      return { status, data: jsonOf(data), text: data, headers: { 'Retry-After': retryAfter } }
    }
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refreshToken }),
      signal,
    })
    const text = await response.text()
    const { status, headers } = response
    return { status, data: jsonOf(text), text, headers }
  }

  async function refresh(
    request: RefreshRequest,
    { name, style }: { readonly name: string; readonly style: RefreshStyle },
    tell: (result: TryResult) => void,
  ): Promise<TokenResponse | Response> {
    const spending = begin(request.refreshToken ?? '', name)
    tally.add('refresh tries')
    let result: TryResult = 'network'
    try {
      const { status, data, text, headers } = await send(request, style)
      result = readResult(status, data)
      if (style === 'fetch') return new Response(text, { status, headers })
      if (status >= 400) {
        throw Object.assign(new Error(`answered with ${status}`), {
          response: { status, data, headers },
        })
      }
      return data as TokenResponse
    } finally {
      if (request.signal.aborted) result = 'given-up'
      spending.running -= 1
      if (result === 'granted') spending.granted = { by: name, at: performance.now() }
      tally.add(`refresh tries: ${result}`)
      tell(result)
    }
  }

  return {
    /** `tell` is told how it ended, before the session is. */
    refresh,
    /** The store did not answer in time: it is not known who refreshes. */
    excuse(): void {
      tally.add('stores that were late')
      excusedUntil = performance.now() + excusedMs
    },
  }
}

export type Refreshing = ReturnType<typeof createRefreshing>
