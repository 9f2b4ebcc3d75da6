import { createSession } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import { stubbed } from './stub-dispatcher.js'
import { median } from './measure.js'

const requests = 10_000
const apiMs = 20
const refreshMs = 100
const rounds = 3

const origin = 'https://api.example.com'

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const sendAll = (send: (url: string) => Promise<Response>, count: number): Promise<unknown> =>
  Promise.all(
    Array.from({ length: count }, async (_, id) => (await send(`${origin}/items/${id}`)).json()),
  )

/** What fetch alone needs to send twice as many requests, none of which waits for anything. */
async function bareSends(): Promise<number> {
  const init = { ...stubbed(() => 200), headers: { Authorization: 'Bearer token' } }
  const from = performance.now()
  await sendAll((url) => fetch(url, init), 2 * requests)
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
  // An API that answers each request after 20 ms, and takes only the newest token.
  const init = stubbed(async ({ headers }) => {
    await later(apiMs)
    const { Authorization: sent } = headers as Record<string, string>
    return sent === `Bearer token-${generation}` ? 200 : 401
  })
  const api = createFetch(session, { origins: [origin] })
  const from = performance.now()
  await sendAll((url) => api(url, init), requests)
  return { ms: performance.now() - from, refreshes }
}

/** Ten thousand requests find the token expired at once. */
export async function fetchHerd(): Promise<{ ratio: number; refreshes: number; ms: number }> {
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
