import { CancelledError, MutationObserver, QueryClient, QueryObserver } from '@tanstack/query-core'
import type { QueryClientConfig } from '@tanstack/query-core'
import { isSessionError, RefreshUnavailableError, SessionEndedError } from 'unexpired'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { bearer } from '../../contract/protocols.js'
import { breathe, errorOf, times, until } from '../../contract/stage.js'
import { run } from './run-example.js'
import { lateAnswers, setScene } from './scene.js'
import type { Scene } from './scene.js'

type Who = { user: string } | undefined
type Queries = NonNullable<NonNullable<QueryClientConfig['defaultOptions']>['queries']>

const usualRetry: Queries = { retry: 3, retryDelay: 1 }

function clientOf({ origin, sessionFetch }: Scene, queries: Queries = usualRetry) {
  const client = new QueryClient({ defaultOptions: { queries } })
  onTestFinished(() => client.clear())
  async function read(path: string, init: RequestInit): Promise<unknown> {
    const answer = await sessionFetch(`${origin}/api${path}`, init)
    if (!answer.ok) throw new Error(`answered with ${answer.status}`)
    return answer.json()
  }
  const get = (path: string): Promise<unknown> =>
    client.query({ queryKey: [path], queryFn: ({ signal }) => read(path, { signal }) })
  const post = (body: string): Promise<unknown> =>
    new MutationObserver(client, {
      mutationFn: (sent: string) => read('/a', { method: 'POST', body: sent }),
    }).mutate(body)
  return { client, get, post, read }
}

test('TanStack Query has the very errors of the session, in queries and mutations', async () => {
  const scene = await setScene()
  const { client, get, post } = clientOf(scene, { retry: false })
  scene.server.orders.expireNow()
  scene.server.orders.failRefresh({ status: 503, retryAfter: 60 })
  const error = await errorOf(get('/a'))
  expect(error).toBeInstanceOf(RefreshUnavailableError)
  expect(client.getQueryState(['/a'])?.error).toBe(error)
  await scene.clock.advance(300_000)
  scene.server.orders.refuseRefresh()
  expect(await errorOf(post('tea'))).toBeInstanceOf(SessionEndedError)
})

test('G26 a mutation of TanStack Query is sent whole the second time', async () => {
  const scene = await setScene()
  scene.server.orders.expireNow()
  const echo = await clientOf(scene).post('tea')
  expect(echo).toMatchObject({ generation: 2, method: 'POST', body: 'tea' })
})

describe('retry of TanStack Query', () => {
  async function endWith(queries: Queries) {
    const scene = await setScene()
    scene.server.orders.expireNow()
    scene.server.orders.refuseRefresh()
    const error = await errorOf(clientOf(scene, queries).get('/a'))
    return { error, senders: scene.senders() }
  }

  test('by itself sends a request again after its session has ended', async () => {
    const { error, senders } = await endWith(usualRetry)
    expect(error).toMatchObject({ message: 'answered with 401' })
    expect(senders).toEqual(['ann', 'nobody', 'nobody', 'nobody'])
  })

  test('G24 unless it knows errors of the session', async () => {
    const { error, senders } = await endWith({
      retryDelay: 1,
      retry: (failures, error_) => failures < 3 && !isSessionError(error_),
    })
    expect(error).toBeInstanceOf(SessionEndedError)
    expect(senders).toEqual(['ann'])
  })

  test('waits in the example for as long as the refresh is unavailable', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { getOrder, session, server } = await run('tanstack-query')
    const waits: number[] = []
    session.on('refresh-unavailable', ({ retryAfterMs }) => waits.push(retryAfterMs))
    server.orders.expireNow()
    server.orders.failRefresh({ status: 503, retryAfter: 60 })
    const order = Promise.resolve(getOrder(1))
    await seen(() => waits.length === 1)
    expect(waits).toEqual([60_000])
    await vi.advanceTimersByTimeAsync(59_000)
    expect(server.counts.refreshes).toBe(1)
    await vi.advanceTimersByTimeAsync(2_000)
    await seen(() => server.counts.refreshes === 2)
    expect(await order).toMatchObject({ generation: 2 })
    expect(server.counts).toMatchObject({ refreshes: 2, turnedAway: 1, served: 1 })
  })
})

/** Node's own, which stays real. */
const realTimeout = setTimeout

/** Waits for real I/O while timers are fake, and go on as real ones would: stores have some. */
async function seen(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((done) => realTimeout(done, 5))
    await vi.advanceTimersByTimeAsync(5)
  }
}

describe('what TanStack Query keeps of one user', () => {
  async function refused(resetOn: 'signed-out' | 'signed-in') {
    const scene = await setScene()
    const { client, get } = clientOf(scene, { retry: false })
    await get('/0')
    scene.session.on(resetOn, () => void client.resetQueries())
    scene.server.orders.expireNow()
    scene.server.orders.refuseRefresh()
    const errors = await Promise.all(times(3, (id) => errorOf(get(`/${id}`))))
    await scene.session.signIn(await bearer.signIn(scene.server, 'ben'))
    return { errors, after: await get('/0') }
  }

  test('is dropped too early when the session ends: its error is lost', async () => {
    const { errors } = await refused('signed-out')
    expect(errors).toEqual(times(3, () => expect.any(CancelledError) as unknown))
  })

  test('is dropped in time when the next one signs in', async () => {
    const { errors, after } = await refused('signed-in')
    expect(errors).toEqual(times(3, () => expect.any(SessionEndedError) as unknown))
    expect(after).toMatchObject({ user: 'ben' })
  })

  test('is not shown to the next, also where it comes late', async () => {
    const late = lateAnswers()
    const scene = await setScene({ fetch: late })
    const { client, get } = clientOf(scene, { staleTime: Infinity })
    scene.session.on('signed-in', () => void client.resetQueries())
    const first = errorOf(get('/me'))
    await until(() => late.waiting() === 1)
    await scene.session.signIn(await bearer.signIn(scene.server, 'ben'))
    const second = get('/me')
    late.release()
    expect(await second).toMatchObject({ user: 'ben' })
    await first
    expect(await get('/me')).toMatchObject({ user: 'ben' })
  })

  /** What a component that is mounted all the while shows, one after the other. */
  async function shown(dropped: (client: QueryClient) => unknown) {
    const scene = await setScene()
    const { client, read } = clientOf(scene, { ...usualRetry, staleTime: Infinity })
    const users: unknown[] = []
    const observer = new QueryObserver(client, {
      queryKey: ['/me'],
      queryFn: ({ signal }) => read('/me', { signal }),
    })
    onTestFinished(
      observer.subscribe(({ data }) => {
        const user = (data as Who)?.user
        if (user !== users.at(-1)) users.push(user)
      }),
    )
    await until(() => users.includes('ann'))
    scene.session.on('signed-in', () => void dropped(client))
    await scene.session.signIn(await bearer.signIn(scene.server, 'ben'))
    return { users, senders: scene.senders, get: () => observer.getCurrentResult().data }
  }

  test('goes from the screen, and is asked for anew, with resetQueries', async () => {
    const { users } = await shown((client) => client.resetQueries())
    await until(() => users.length === 3)
    expect(users).toEqual(['ann', undefined, 'ben'])
  })

  test('stays on the screen with clear, and is never asked for again', async () => {
    const { users, senders, get } = await shown((client) => client.clear())
    await breathe(20)
    expect(users).toEqual(['ann'])
    expect(get()).toMatchObject({ user: 'ann' })
    expect(senders()).toEqual(['ann'])
  })
})

test('the example of TanStack Query shows a mounted component the order of who signs in', async () => {
  const { signIn } = await run('tanstack-query')
  const { getOrder, queryClient } = await import('../../../examples/tanstack-query.js')
  const users: unknown[] = []
  const observer = new QueryObserver(queryClient, {
    queryKey: ['order', 1],
    queryFn: ({ signal }) => getOrder(1, signal),
  })
  onTestFinished(observer.subscribe(({ data }) => void users.push((data as Who)?.user)))
  await until(() => users.at(-1) === 'ada')
  await signIn('grace', 'hopper')
  await until(() => users.at(-1) === 'grace')
  expect(users.slice(users.indexOf('grace'))).not.toContain('ada')
})

test('the example of TanStack Query takes no answer for an order that is none', async () => {
  const { server } = await run('tanstack-query')
  const { getOrder } = await import('../../../examples/tanstack-query.js')
  server.orders.failApi({ status: 404, body: { error: 'not found' } })
  const error = await errorOf(getOrder(1, new AbortController().signal))
  expect(error).toMatchObject({ message: 'No order: 404' })
})

test('G12 cancelQueries of TanStack Query ends a held request at once', async () => {
  const scene = await setScene()
  const { client, get } = clientOf(scene)
  const { call, release } = await scene.held(() => get('/a'))
  const other = get('/b')
  await client.cancelQueries({ queryKey: ['/a'] })
  expect(await errorOf(call)).toBeInstanceOf(CancelledError)
  release()
  expect(await other).toMatchObject({ generation: 2 })
  expect(scene.received('/a')).toHaveLength(1)
})
