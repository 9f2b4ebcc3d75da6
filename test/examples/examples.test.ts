import type { AxiosInstance } from 'axios'
import { JSDOM } from 'jsdom'
import type { Session } from 'unexpired'
import { startTokenServer, type TokenServer, type TokenServerOptions } from 'unexpired/testing'
import { afterEach, expect, test, vi } from 'vitest'

/** What each example exports. */
interface Example {
  readonly api: AxiosInstance
  readonly session: Session
  signIn(username: string, password: string): Promise<void>
}

const examples = {
  'axios-bearer': () => import('../../examples/axios-bearer.js'),
  'axios-cookie': () => import('../../examples/axios-cookie.js'),
  'axios-x-token': () => import('../../examples/axios-x-token.js'),
} satisfies Record<string, () => Promise<Example>>

const servers: Record<keyof typeof examples, TokenServerOptions> = {
  'axios-bearer': {},
  'axios-cookie': {},
  // Its API is where the others have theirs.
  'axios-x-token': { paths: { api: '/bearer', x: '/api' } },
}

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** Opens a page of a token server, and runs an example there as a page would. */
async function run(name: keyof typeof examples) {
  const server = await startTokenServer(servers[name])
  cleanUps.push(() => server.close())
  const { window } = new JSDOM('', { url: `${server.url}/` })
  cleanUps.push(() => window.close())
  const assign = vi.fn<(url: string) => void>()
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', window.document)
  vi.stubGlobal('localStorage', window.localStorage)
  vi.stubGlobal('XMLHttpRequest', window.XMLHttpRequest)
  const { href, origin, pathname } = window.location
  vi.stubGlobal('location', { assign, href, origin, pathname })
  cleanUps.push(() => vi.unstubAllGlobals())
  // axios looks for XMLHttpRequest when it is imported.
  vi.resetModules()
  const example: Example = await examples[name]()
  cleanUps.push(() => void example.session.close())
  return { ...example, server, assign }
}

const thing = (api: AxiosInstance) => (_: unknown, id: number) => api.post(`/things/${id}`, { id })

const spent = ({ counts }: TokenServer) => [counts.refreshes, counts.familiesRevoked]

test.each(Object.keys(examples) as (keyof typeof examples)[])(
  'the example %s refreshes once for a herd, and ends once when the refresh is refused',
  async (name) => {
    const { api, session, signIn, server, assign } = await run(name)
    await signIn('ada', 'lovelace')
    expect(session.status).toBe('active')

    server.orders.expireNow()
    const answers = await Promise.all(Array.from({ length: 8 }, thing(api)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(spent(server)).toEqual([1, 0])
    expect(server.counts.served).toBe(8)

    server.orders.expireNow()
    server.orders.refuseRefresh()
    const rest = await Promise.allSettled(Array.from({ length: 8 }, thing(api)))
    expect(rest.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'rejected'))
    expect(session.status).toBe('signed-out')
    expect(assign).toHaveBeenCalledTimes(1)
  },
)

test.each(['axios-bearer', 'axios-x-token'] as const)(
  'the example %s lets a user sign in over the session of an earlier visit',
  async (name) => {
    const { signIn, server, assign, api } = await run(name)
    await signIn('ada', 'lovelace')
    server.orders.expireNow()
    // Where the old session cannot be refreshed either.
    server.orders.failRefresh({ status: 503, times: Infinity })
    await signIn('grace', 'hopper')
    expect(assign).not.toHaveBeenCalled()
    expect((await api.get('/me')).status).toBe(200)
    server.orders.clear()
  },
)

test('the session of the example axios-bearer is there again after a reload', async () => {
  const { session, signIn, api, server } = await run('axios-bearer')
  await signIn('ada', 'lovelace')
  session.close()
  vi.resetModules()
  const again = await examples['axios-bearer']()
  cleanUps.push(() => void again.session.close())
  await again.session.ready
  expect(again.session.status).toBe('active')
  expect((await again.api.get('/me')).status).toBe(200)
  expect(server.counts.served).toBe(1)
  await expect(api.get('/me')).rejects.toMatchObject({ reason: 'closed' })
})
