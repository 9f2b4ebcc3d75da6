import { gql } from '@apollo/client'
import { ErrorLink } from '@apollo/client/link/error'
import { isSessionError } from 'unexpired'
import { describe, expect, test, vi } from 'vitest'
import { errorOf, outcome, times, until } from '../../contract/stage.js'
import { begin, buyMutation, makeApollo, thingQuery } from './apollo-calls.js'
import { clientContract, type Thing } from './contract.js'
import { startGraphqlServer, type GraphqlServer } from './graphql-server.js'
import { enter, optionsFor, signInAt, type Stage } from './stage.js'

const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'

/** Without what Apollo adds for its cache. */
const plain = (thing: Thing | undefined): Thing => {
  if (!thing) throw new Error('expected data')
  return { id: thing.id, owner: thing.owner }
}

for (const dialect of ['401', 'UNAUTHENTICATED'] as const) {
  clientContract({
    name: `Apollo Client, ${dialect}`,
    start: (user) => begin(dialect, user),
    make(stage) {
      const client = makeApollo(stage as Stage<GraphqlServer>)
      return {
        async thing(id, signal) {
          const context = signal ? { fetchOptions: { signal } } : {}
          const query = { query: thingQuery, variables: { id }, context }
          return plain((await client.query(query)).data?.thing)
        },
        async buy(id) {
          const mutation = { mutation: buyMutation, variables: { id } }
          return plain((await client.mutate(mutation)).data?.buy)
        },
      }
    },
    sessionErrorIn: (error) => error,
    isAbort,
  })
}

describe('Apollo Client', () => {
  const variables = { id: 1 }

  test('G1 identical queries are one request, which is turned away and replayed once', async () => {
    const stage = await begin()
    const client = makeApollo(stage)
    stage.backEnd.tokens.orders.expireNow()
    await Promise.all(times(8, () => client.query({ query: thingQuery, variables })))
    expect(stage.backEnd.executed).toEqual(['thing 1 ada'])
    expect(stage.turnedAway()).toBe(1)
    expect(stage.backEnd.tokens.counts.refreshes).toBe(1)
  })

  test('aborting one of two identical queries aborts both, unless they are told apart', async () => {
    const stage = await begin()
    const client = makeApollo(stage)
    async function abortOneOfTwo(queryDeduplication: boolean) {
      const release = stage.holdRefresh()
      await stage.clock.advance(60_000)
      const controller = new AbortController()
      const fetchOptions = { signal: controller.signal }
      const query = { query: thingQuery, variables, fetchPolicy: 'no-cache' } as const
      const first = outcome(
        client.query({ ...query, context: { fetchOptions, queryDeduplication } }),
      )
      const second = outcome(client.query({ ...query, context: { queryDeduplication } }))
      await until(stage.isRefreshHeld)
      controller.abort()
      expect(isAbort((await first).error)).toBe(true)
      release()
      return isAbort((await second).error)
    }
    expect(await abortOneOfTwo(true)).toBe(true)
    expect(await abortOneOfTwo(false)).toBe(false)
  })

  test('a query whose only observer leaves while it is held is never sent', async () => {
    const stage = await begin()
    const client = makeApollo(stage)
    const release = stage.holdRefresh()
    await stage.clock.advance(60_000)
    const watched = client.watchQuery({ query: thingQuery, variables }).subscribe(() => undefined)
    const other = client.mutate({ mutation: buyMutation, variables })
    await until(stage.isRefreshHeld)
    watched.unsubscribe()
    release()
    await other
    expect(stage.backEnd.executed).toEqual(['buy 1 ada'])
  })

  test('errorPolicy all resolves with the end of the session as error; ignore swallows it', async () => {
    const stage = await begin()
    const client = makeApollo(stage)
    stage.backEnd.tokens.orders.expireNow()
    stage.backEnd.tokens.orders.refuseRefresh()
    const all = client.query({ query: thingQuery, variables, errorPolicy: 'all' })
    const ignore = client.mutate({ mutation: buyMutation, variables, errorPolicy: 'ignore' })
    expect(await all).toMatchObject({ data: undefined, error: { code: 'session-ended' } })
    expect(await ignore).toEqual({ data: undefined })
    expect(stage.signedOut).toHaveLength(1)
  })

  test('an ErrorLink sees the end of the session, and no expiry', async () => {
    const stage = await begin('UNAUTHENTICATED')
    const seen = vi.fn<(error: unknown) => void>()
    const client = makeApollo(stage, new ErrorLink(({ error }) => seen(error)))
    stage.backEnd.tokens.orders.expireNow()
    await client.query({ query: thingQuery, variables })
    expect(seen).not.toHaveBeenCalled()
    stage.backEnd.tokens.orders.expireNow()
    stage.backEnd.tokens.orders.refuseRefresh()
    const error = await errorOf(client.mutate({ mutation: buyMutation, variables }))
    expect(isSessionError(error)).toBe(true)
    expect(seen.mock.calls).toEqual([[error]])
  })

  test('G21 fetchOptions of one call may keep the session out of it', async () => {
    const stage = await begin()
    const client = makeApollo(stage)
    const context = { fetchOptions: { session: false } }
    const error = await errorOf(client.query({ query: thingQuery, variables, context }))
    expect(isSessionError(error)).toBe(false)
    expect(stage.backEnd.tokens.counts).toMatchObject({ turnedAway: 1, refreshes: 0 })
  })

  test('the cache shows one user what another asked for, unless it is reset at sign-in', async () => {
    const stage = await begin()
    const client = makeApollo(stage)
    const ask = async () => (await client.query({ query: thingQuery, variables })).data?.thing.owner
    expect(await ask()).toBe('ada')
    await stage.session.signOut()
    await stage.session.signIn(await signInAt(stage.backEnd, 'grace'))
    expect(await ask()).toBe('ada')

    stage.session.on('signed-in', () => void client.resetStore().catch(() => undefined))
    await stage.session.signIn(await signInAt(stage.backEnd, 'grace'))
    expect(await ask()).toBe('grace')
  })

  test('a query under way is shared with the next user, unless the cache is reset at sign-in', async () => {
    const stage = await begin()
    const client = makeApollo(stage)
    const { session, backEnd } = stage
    const ask = () =>
      outcome(client.query({ query: thingQuery, variables, fetchPolicy: 'no-cache' }))
    async function askAcrossUsers() {
      await session.signIn(await signInAt(backEnd, 'ada'))
      const grace = await signInAt(backEnd, 'grace')
      backEnd.tokens.orders.delay('/api/whose', 20)
      const before = ask()
      await until(() => backEnd.tokens.requests.at(-1)?.path === '/api/whose')
      await session.signIn(grace)
      const [first, second] = await Promise.all([before, ask()])
      return [first.value?.data?.thing?.owner, second.value?.data?.thing?.owner]
    }
    expect(await askAcrossUsers()).toEqual(['ada', 'ada'])
    session.on('signed-in', () => void client.resetStore().catch(() => undefined))
    expect(await askAcrossUsers()).toEqual([undefined, 'grace'])
  })

  test('clearing the cache at sign-out takes the place of the error of what waits', async () => {
    const stage = await begin()
    const client = makeApollo(stage)
    stage.session.on('signed-out', () => void client.clearStore())
    stage.backEnd.tokens.orders.expireNow()
    stage.backEnd.tokens.orders.refuseRefresh()
    const error = await errorOf(client.query({ query: thingQuery, variables }))
    expect(error).toBeInstanceOf(Error)
    expect(isSessionError(error)).toBe(false)
  })

  test.each(['401', 'UNAUTHENTICATED'] as const)(
    'a subscription over multipart that was turned away (%s) is replayed, and handed over part by part',
    async (dialect) => {
      const stage = await enter(await startGraphqlServer(dialect), optionsFor[dialect])
      const client = makeApollo(stage)
      const ticks: unknown[] = []
      const ended = vi.fn<() => void>()
      stage.backEnd.tokens.orders.expireNow()
      const query = gql`
        subscription {
          ticks
        }
      `
      client.subscribe({ query }).subscribe({
        next: ({ data }) => ticks.push(data),
        complete: ended,
      })
      await until(() => stage.backEnd.streams.length === 1)
      for (const tick of [1, 2]) {
        stage.backEnd.streams[0]?.send(tick)
        await until(() => ticks.length === tick)
      }
      expect(ended).not.toHaveBeenCalled()
      stage.backEnd.streams[0]?.end()
      await until(() => ended.mock.calls.length === 1)
      expect(ticks).toEqual([{ ticks: 1 }, { ticks: 2 }])
      expect(stage.backEnd.tokens.counts.refreshes).toBe(1)
    },
  )
})
