import { RetryLink } from '@apollo/client/link/retry'
import { isSessionError } from 'unexpired'
import { expect, test, vi } from 'vitest'
import { errorOf, until } from '../../contract/stage.js'
import { begin, buyMutation, makeApollo, thingQuery } from './apollo-calls.js'
import { signInAt } from './stage.js'

const variables = { id: 1 }

/** What RetryLink is to be given as `retryIf`. */
const isNotTheEnd = (error: unknown): boolean =>
  !(isSessionError(error) && error.code === 'session-ended')

test('RetryLink sends what was made in one session in the next one', async () => {
  const stage = await begin()
  const { session, backEnd } = stage
  const grace = await signInAt(backEnd, 'grace')
  const client = makeApollo(stage, new RetryLink({ attempts: { max: 2 }, delay: () => 10 }))
  backEnd.tokens.orders.expireNow()
  backEnd.tokens.orders.refuseRefresh()
  const bought = client.mutate({ mutation: buyMutation, variables })
  await until(() => stage.signedOut.length === 1)
  // The tokens of Grace were killed with those of Ada.
  await session.signIn(grace)
  await bought
  expect(backEnd.executed).toEqual(['buy 1 grace'])
})

test('G24 RetryLink retries no end of a session where retryIf says so', async () => {
  const stage = await begin()
  const { session, backEnd } = stage
  const grace = await signInAt(backEnd, 'grace')
  const retryIf = vi.fn<typeof isNotTheEnd>(isNotTheEnd)
  const client = makeApollo(stage, new RetryLink({ attempts: { retryIf }, delay: () => 10 }))
  backEnd.tokens.orders.expireNow()
  backEnd.tokens.orders.refuseRefresh()
  const error = errorOf(client.mutate({ mutation: buyMutation, variables }))
  await until(() => stage.signedOut.length === 1)
  await session.signIn(grace)
  expect(await error).toMatchObject({ code: 'session-ended', reason: 'refused' })
  expect(retryIf).toHaveBeenCalledTimes(1)
  expect(backEnd.executed).toEqual([])
})

test('RetryLink may wait until a refresh is available again', async () => {
  const stage = await begin()
  const { backEnd, clock } = stage
  const waits: number[] = []
  const retry = new RetryLink({
    attempts: { retryIf: isNotTheEnd },
    delay(_count, _operation, error) {
      if (!isSessionError(error) || error.code !== 'refresh-unavailable') return 1
      waits.push(error.retryAfterMs)
      void clock.advance(error.retryAfterMs)
      return 1
    },
  })
  const client = makeApollo(stage, retry)
  backEnd.tokens.orders.expireNow()
  backEnd.tokens.orders.failRefresh({ status: 503, retryAfter: 7 })
  const { data } = await client.query({ query: thingQuery, variables })
  expect(data?.thing.owner).toBe('ada')
  expect(waits).toEqual([7_000])
  expect(backEnd.tokens.counts.refreshes).toBe(2)
})
