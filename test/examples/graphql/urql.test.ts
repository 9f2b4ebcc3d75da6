import { cacheExchange, Client, CombinedError, fetchExchange, gql } from '@urql/core'
import type { ClientOptions, OperationResult } from '@urql/core'
import { isSessionError } from 'unexpired'
import { describe, expect, test, vi } from 'vitest'
import { outcome, times, until } from '../../contract/stage.js'
import { clientContract, type Thing } from './contract.js'
import { startGraphqlServer, type Dialect, type GraphqlServer } from './graphql-server.js'
import { enter, optionsFor, signInAt, type Stage } from './stage.js'

const thingQuery = gql<{ thing: Thing }>`
  query Thing($id: Int!) {
    thing(id: $id) {
      id
      owner
    }
  }
`
const buyMutation = gql<{ buy: Thing }>`
  mutation Buy($id: Int!) {
    buy(id: $id) {
      id
      owner
    }
  }
`

const begin = async (dialect: Dialect = '401', user?: false): Promise<Stage<GraphqlServer>> =>
  enter(await startGraphqlServer(dialect), optionsFor[dialect], user)

const makeUrql = (
  { backEnd, fetch }: Stage<GraphqlServer>,
  options?: Partial<ClientOptions>,
): Client =>
  new Client({
    url: `${backEnd.url}/graphql`,
    exchanges: [cacheExchange, fetchExchange],
    fetch,
    ...options,
  })

/** What urql resolves with, as one that awaits would like it. */
function dataOf<T>({ data, error }: OperationResult<T>): T {
  if (error) throw error
  if (data === undefined) throw new Error('expected data')
  return data
}

/** Who unsubscribes is told nothing: that is urql's way of an abort. */
class Unsubscribed extends Error {}

/** Without what urql adds for its cache. */
const plain = ({ id, owner }: Thing): Thing => ({ id, owner })

for (const dialect of ['401', 'UNAUTHENTICATED'] as const) {
  clientContract({
    name: `urql, ${dialect}`,
    start: (user) => begin(dialect, user),
    make(stage) {
      const client = makeUrql(stage as Stage<GraphqlServer>)
      return {
        thing: (id, signal) =>
          new Promise((resolve, reject) => {
            const asked = client.query(thingQuery, { id })
            if (!signal) {
              asked.then((result) => plain(dataOf(result).thing)).then(resolve, reject)
              return
            }
            const { unsubscribe } = asked.subscribe((result) => resolve(dataOf(result).thing))
            signal.addEventListener('abort', () => {
              unsubscribe()
              reject(new Unsubscribed())
            })
          }),
        buy: async (id) => plain(dataOf(await client.mutation(buyMutation, { id })).buy),
      }
    },
    sessionErrorIn: (error) => (error as CombinedError).networkError,
    isAbort: (error) => error instanceof Unsubscribed,
  })
}

describe('urql', () => {
  test('G1 identical queries are one request, which is turned away and replayed once', async () => {
    const stage = await begin()
    const client = makeUrql(stage)
    stage.backEnd.tokens.orders.expireNow()
    const results = await Promise.all(times(8, () => client.query(thingQuery, { id: 1 })))
    expect(results.map((result) => dataOf(result).thing.owner)).toEqual(times(8, () => 'ada'))
    expect(stage.backEnd.executed).toEqual(['thing 1 ada'])
    expect(stage.turnedAway()).toBe(1)
    expect(stage.backEnd.tokens.counts.refreshes).toBe(1)
  })

  test('G1 identical mutations are all sent, and executed once each', async () => {
    const stage = await begin()
    const client = makeUrql(stage)
    stage.backEnd.tokens.orders.expireNow()
    const results = await Promise.all(times(8, () => client.mutation(buyMutation, { id: 1 })))
    expect(results.map((result) => dataOf(result).buy.owner)).toEqual(times(8, () => 'ada'))
    expect(stage.backEnd.executed).toEqual(times(8, () => 'buy 1 ada'))
    expect(stage.backEnd.tokens.counts.refreshes).toBe(1)
  })

  test('one of two identical queries may leave: the other is answered', async () => {
    const stage = await begin()
    const client = makeUrql(stage)
    const release = stage.holdRefresh()
    await stage.clock.advance(60_000)
    const left = vi.fn<(result: unknown) => void>()
    const first = client.query(thingQuery, { id: 1 }).subscribe(left)
    const second = client.query(thingQuery, { id: 1 }).toPromise()
    await until(stage.isRefreshHeld)
    first.unsubscribe()
    release()
    expect(dataOf(await second).thing.owner).toBe('ada')
    expect(left).not.toHaveBeenCalled()
    expect(stage.backEnd.executed).toEqual(['thing 1 ada'])
  })

  test('a signal in fetchOptions is not listened to, with any fetch', async () => {
    const stage = await begin()
    const controller = new AbortController()
    const client = makeUrql(stage, { fetchOptions: { signal: controller.signal } })
    const release = stage.holdRefresh()
    await stage.clock.advance(60_000)
    const asked = client.query(thingQuery, { id: 1 }).toPromise()
    await until(stage.isRefreshHeld)
    controller.abort()
    release()
    expect(dataOf(await asked).thing.owner).toBe('ada')
  })

  test('nothing rejects: the end of the session is the networkError of a result', async () => {
    const stage = await begin()
    const client = makeUrql(stage)
    stage.backEnd.tokens.orders.expireNow()
    stage.backEnd.tokens.orders.refuseRefresh()
    const { value } = await outcome(client.query(thingQuery, { id: 1 }).toPromise())
    expect(value?.error).toBeInstanceOf(CombinedError)
    expect(value?.error?.graphQLErrors).toEqual([])
    expect(value?.error?.networkError).toMatchObject({ code: 'session-ended', reason: 'refused' })
    expect(isSessionError(value?.error?.networkError)).toBe(true)
  })

  test('an answer with the end of the session in it is not kept: the next user asks anew', async () => {
    const stage = await begin()
    const client = makeUrql(stage)
    stage.backEnd.tokens.orders.expireNow()
    stage.backEnd.tokens.orders.refuseRefresh()
    await client.query(thingQuery, { id: 1 })
    await stage.session.signIn(await signInAt(stage.backEnd, 'grace'))
    expect(dataOf(await client.query(thingQuery, { id: 1 })).thing.owner).toBe('grace')
  })

  test('the cache shows one user what another asked for, unless each sign-in has a client of its own', async () => {
    const stage = await begin()
    let client = makeUrql(stage)
    const ask = async () => dataOf(await client.query(thingQuery, { id: 1 })).thing.owner
    expect(await ask()).toBe('ada')
    await stage.session.signIn(await signInAt(stage.backEnd, 'grace'))
    expect(await ask()).toBe('ada')

    stage.session.on('signed-in', () => (client = makeUrql(stage)))
    await stage.session.signIn(await signInAt(stage.backEnd, 'grace'))
    expect(await ask()).toBe('grace')
  })

  test('a query under way is shared with the next user, unless each sign-in has a client of its own', async () => {
    const stage = await begin()
    const { session, backEnd } = stage
    let client = makeUrql(stage)
    const ask = () => client.query(thingQuery, { id: 1 }, { requestPolicy: 'network-only' })
    async function askAcrossUsers() {
      await session.signIn(await signInAt(backEnd, 'ada'))
      const grace = await signInAt(backEnd, 'grace')
      backEnd.tokens.orders.delay('/api/whose', 20)
      const before = ask().toPromise()
      await until(() => backEnd.tokens.requests.at(-1)?.path === '/api/whose')
      await session.signIn(grace)
      return (await Promise.all([before, ask()])).map((result) => dataOf(result).thing.owner)
    }
    expect(await askAcrossUsers()).toEqual(['ada', 'ada'])
    session.on('signed-in', () => (client = makeUrql(stage)))
    expect(await askAcrossUsers()).toEqual(['ada', 'grace'])
  })

  test('without expired, an error that says so in an answer of 200 refreshes nothing', async () => {
    const stage = await enter(await startGraphqlServer('UNAUTHENTICATED'))
    const client = makeUrql(stage)
    stage.backEnd.tokens.orders.expireNow()
    const { error } = await client.query(thingQuery, { id: 1 })
    expect(error?.graphQLErrors[0]?.extensions['code']).toBe('UNAUTHENTICATED')
    expect(stage.backEnd.tokens.counts.refreshes).toBe(0)
  })

  test.each(['401', 'UNAUTHENTICATED'] as const)(
    'a subscription over fetch that was turned away (%s) is replayed, and handed over event by event',
    async (dialect) => {
      const stage = await begin(dialect)
      const client = makeUrql(stage, { fetchSubscriptions: true })
      const ticks: unknown[] = []
      stage.backEnd.tokens.orders.expireNow()
      const { unsubscribe } = client
        .subscription('subscription { ticks }', {})
        .subscribe(({ data }) => ticks.push(data))
      await until(() => stage.backEnd.streams.length === 1)
      for (const tick of [1, 2]) {
        stage.backEnd.streams[0]?.send(tick)
        await until(() => ticks.length === tick)
      }
      unsubscribe()
      await until(() => stage.backEnd.streams[0]?.isClosed() === true)
      expect(ticks).toEqual([{ ticks: 1 }, { ticks: 2 }])
      expect(stage.backEnd.tokens.counts.refreshes).toBe(1)
    },
  )
})
