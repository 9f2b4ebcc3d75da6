import axios, { type AxiosAdapter, type AxiosInstance, AxiosError } from 'axios'
import { createSession } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { median } from './measure.js'

const requests = 10_000
const apiMs = 20
const refreshMs = 100
const rounds = 7

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** An API that answers each request after 20 ms, and takes only the newest token. */
function stubApi(current: () => string): AxiosAdapter {
  return async (config) => {
    await later(apiMs)
    const isGood = config.headers.get('Authorization') === `Bearer ${current()}`
    const response = { data: '{}', status: isGood ? 200 : 401, statusText: '', headers: {}, config }
    if (isGood) return response
    throw new AxiosError('turned away', 'ERR_BAD_REQUEST', config, undefined, response)
  }
}

const sendAll = (instance: AxiosInstance, count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, (_, id) => instance.get(`/items/${id}`)))

/** What axios alone needs to send twice as many requests, none of which waits for anything. */
async function bareSends(): Promise<number> {
  const instance = axios.create({
    baseURL: 'https://api.example.com',
    adapter: (config) =>
      Promise.resolve({ data: '{}', status: 200, statusText: '', headers: {}, config }),
  })
  const from = performance.now()
  await sendAll(instance, 2 * requests)
  return performance.now() - from
}

async function herd(): Promise<{ ms: number; refreshes: number }> {
  let generation = 1
  let refreshes = 0
  const session = createSession({
    async refresh() {
      refreshes++
      await later(refreshMs)
      generation++
      return { accessToken: `token-${generation}`, refreshToken: 'refresh' }
    },
  })
  await session.signIn({ accessToken: 'token-0', refreshToken: 'refresh' })
  const instance = axios.create({
    baseURL: 'https://api.example.com',
    adapter: stubApi(() => `token-${generation}`),
  })
  const from = performance.now()
  await sendAll(attachSession(instance, session), requests)
  return { ms: performance.now() - from, refreshes }
}

/** Ten thousand requests find the token expired at once. */
export async function expiredHerd(): Promise<{ ratio: number; refreshes: number; ms: number }> {
  await herd()
  await bareSends()
  const ideal = 2 * apiMs + refreshMs
  const ratios: number[] = []
  const times: number[] = []
  let refreshes = 0
  for (let round = 0; round < rounds; round++) {
    const bare = await bareSends()
    const ours = await herd()
    ratios.push(ours.ms / (ideal + bare))
    times.push(ours.ms)
    refreshes = Math.max(refreshes, ours.refreshes)
  }
  return { ratio: median(ratios), refreshes, ms: median(times) }
}
