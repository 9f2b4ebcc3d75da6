import axios, { getAdapter } from 'axios'
import type { AxiosAdapter } from 'axios'

import type { SpanEnd } from '../../src/devtools/lane.js'

/** The path of a request of the load, such as `/me`, or `refresh`; undefined for a sign-in. */
function whatIs(address: string): string | undefined {
  const { pathname } = new URL(address, location.href)
  if (/\/(?:auth\/refresh|x\/refreshtoken)$/.test(pathname)) return 'refresh'
  return /\/(?:api|x)(\/(?!login$|refreshtoken$).+)$/.exec(pathname)?.[1]
}

type Sent = (what: string) => (end: SpanEnd) => void

/** The platform's fetch, with a note of each sending. */
export function recordingFetch(sent: Sent): typeof fetch {
  return async (input, init) => {
    const what = whatIs(input instanceof Request ? input.url : String(input))
    const ended = what === undefined ? undefined : sent(what)
    try {
      const answer = await fetch(input, init)
      ended?.(await endOf(answer.status, () => answer.clone().text()))
      return answer
    } catch (error) {
      ended?.('failed')
      throw error
    }
  }
}

/** The browser's adapter of axios, with a note of each sending. */
export function recordingAdapter(sent: Sent): AxiosAdapter {
  const xhr = getAdapter('xhr')
  return async (config) => {
    const what = whatIs(config.url ?? '')
    const ended = what === undefined ? undefined : sent(what)
    try {
      const answer = await xhr(config)
      ended?.(await endOf(answer.status, () => String(answer.data)))
      return answer
    } catch (error) {
      const status = axios.isAxiosError(error) ? error.response?.status : undefined
      ended?.(status === 401 ? 'turned-away' : 'failed')
      throw error
    }
  }
}

async function endOf(status: number, body: () => string | Promise<string>): Promise<SpanEnd> {
  if (status === 401) return 'turned-away'
  if (status >= 400) return 'failed'
  return /^\{"code":1234\b/.test(await body()) ? 'turned-away' : 'done'
}
