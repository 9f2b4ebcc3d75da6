import { createTRPCClient, httpBatchLink, httpBatchStreamLink, TRPCClientError } from '@trpc/client'
import type { TRPCClient } from '@trpc/client'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { describe, expect, test } from 'vitest'
import { errorOf, outcome, until } from '../../contract/stage.js'
import { clientContract } from './contract.js'
import { enter, type Stage } from './stage.js'
import {
  startTrpcServer,
  type AppRouter,
  type TrpcDialect,
  type TrpcServer,
} from './trpc-server.js'

const causeOf = (error: unknown): unknown => (error as TRPCClientError<AppRouter>).cause

const isAbort = (error: unknown): boolean => {
  const cause = causeOf(error)
  return cause instanceof DOMException && cause.name === 'AbortError'
}

/** A client, and the statuses that reached `createFetch`. */
async function begin(
  dialect: TrpcDialect,
  options: FetchSessionOptions = {},
  server?: Promise<TrpcServer>,
) {
  const statuses: number[] = []
  const stage = await enter(await (server ?? startTrpcServer(dialect)), {
    async fetch(input, init) {
      const response = await fetch(input, init)
      statuses.push(response.status)
      return response
    },
    ...options,
  })
  return { ...stage, client: makeTrpc(stage), statuses }
}

const makeTrpc = ({ backEnd, fetch }: Stage<TrpcServer>): TRPCClient<AppRouter> =>
  createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${backEnd.url}/trpc`, fetch })] })

for (const dialect of ['context', 'procedure'] as const) {
  clientContract({
    name: `tRPC, turned away by the ${dialect}`,
    start: async (user) => enter(await startTrpcServer(dialect), {}, user),
    make(stage) {
      const client = makeTrpc(stage)
      return {
        thing: (id, signal) => client.thing.query(id, signal ? { signal } : {}),
        buy: (id) => client.buy.mutate(id),
      }
    },
    sessionErrorIn: causeOf,
    isAbort,
  })
}

describe('tRPC', () => {
  test.each(['context', 'procedure'] as const)(
    'a batch of which every call is turned away by the %s is a 401, and replayed as a whole',
    async (dialect) => {
      const { client, backEnd, statuses } = await begin(dialect)
      backEnd.tokens.orders.expireNow()
      await Promise.all([1, 2, 3].map((id) => client.buy.mutate(id)))
      expect(statuses).toEqual([401, 200])
      expect(backEnd.executed).toEqual(['buy 1 ada', 'buy 2 ada', 'buy 3 ada'])
    },
  )

  const mixed = ({ buy, vote }: TRPCClient<AppRouter>) => [buy.mutate(1), vote.mutate(2)]

  test('a batch of which one call alone is turned away is a 207, which is not seen', async () => {
    const { client, backEnd, statuses } = await begin('procedure')
    backEnd.tokens.orders.expireNow()
    const [bought, voted] = mixed(client)
    expect(await errorOf(Promise.resolve(bought))).toMatchObject({ data: { code: 'UNAUTHORIZED' } })
    expect(await voted).toMatchObject({ id: 2 })
    expect(statuses).toEqual([207])
    expect(backEnd.tokens.counts.refreshes).toBe(0)
  })

  test('a 207 that counts as expired executes again what was not turned away', async () => {
    interface Result {
      error?: { data?: { code?: string } }
    }
    const { client, backEnd, statuses } = await begin('procedure', {
      expired: async (response) =>
        response.status === 401 ||
        (response.status === 207 &&
          ((await response.json()) as Result[]).some(
            ({ error }) => error?.data?.code === 'UNAUTHORIZED',
          )),
    })
    backEnd.tokens.orders.expireNow()
    await Promise.all(mixed(client))
    expect(statuses).toEqual([207, 200])
    expect(backEnd.executed).toEqual(['vote 2 anyone', 'buy 1 ada', 'vote 2 anyone'])
  })

  test('a context that turns away bad tokens leaves no 207: everything is executed once', async () => {
    const { client, backEnd, statuses } = await begin('context')
    backEnd.tokens.orders.expireNow()
    await Promise.all(mixed(client))
    expect(statuses).toEqual([401, 200])
    expect(backEnd.executed).toEqual(['buy 1 ada', 'vote 2 anyone'])
  })

  test('a call of a batch is aborted when all of them are', async () => {
    const { client, clock, holdRefresh, isRefreshHeld } = await begin('context')
    const controllers = [new AbortController(), new AbortController()] as const
    const ask = () =>
      controllers.map(({ signal }, id) => outcome(client.thing.query(id, { signal })))
    const release = holdRefresh()
    await clock.advance(60_000)
    const asked = ask()
    await until(isRefreshHeld)
    controllers[0].abort()
    release()
    expect((await Promise.all(asked)).map(({ value }) => value?.id)).toEqual([0, 1])
  })

  test('an error of the API is no error of the session', async () => {
    const { client, session } = await begin('context')
    await session.signOut()
    const error = await errorOf(client.thing.query(1))
    expect(error).toBeInstanceOf(TRPCClientError)
    expect(error).toMatchObject({ data: { code: 'UNAUTHORIZED', httpStatus: 401 } })
    expect(causeOf(error)).toBeUndefined()
  })

  describe('with httpBatchStreamLink', () => {
    const streamed = ({ backEnd, fetch }: Stage<TrpcServer>) =>
      createTRPCClient<AppRouter>({
        links: [httpBatchStreamLink({ url: `${backEnd.url}/trpc`, fetch })],
      })

    test('a bad token is answered with 200 and a stream, which is not seen', async () => {
      const { statuses, ...stage } = await begin('context')
      stage.backEnd.tokens.orders.expireNow()
      const error = await errorOf(streamed(stage).buy.mutate(1))
      expect(error).toMatchObject({ data: { code: 'UNAUTHORIZED' } })
      expect(statuses).toEqual([200])
      expect(stage.backEnd.tokens.counts.refreshes).toBe(0)
    })

    test('a server whose responseMeta says 401 is understood', async () => {
      const server = startTrpcServer('context', { streamStatus: true })
      const { statuses, ...stage } = await begin('context', {}, server)
      const { buy } = streamed(stage)
      stage.backEnd.tokens.orders.expireNow()
      expect(await Promise.all([buy.mutate(1), buy.mutate(2)])).toHaveLength(2)
      expect(statuses).toEqual([401, 200])
      expect(stage.backEnd.executed).toEqual(['buy 1 ada', 'buy 2 ada'])
      expect(stage.backEnd.tokens.counts.refreshes).toBe(1)
    })
  })
})
