import { expect, onTestFinished, test, vi } from 'vitest'
import { until } from '../../contract/stage.js'
import { begin, makeApollo, thingQuery } from './apollo-calls.js'
import { signInAt } from './stage.js'

/** A query of Ada's that is on the screen. */
async function watch() {
  const stage = await begin()
  const client = makeApollo(stage)
  const query = { query: thingQuery, variables: { id: 1 } }
  const shown: unknown[] = []
  const watched = client
    .watchQuery(query)
    .subscribe(({ data, error }) => shown.push(error ?? data?.thing?.owner))
  onTestFinished(() => watched.unsubscribe())
  await until(() => shown.at(-1) === 'ada')
  const { session, backEnd } = stage
  const grace = await signInAt(backEnd, 'grace')
  return { client, query, shown, session, grace, orders: backEnd.tokens.orders }
}

test('what is watched shows the next user their own after resetStore', async () => {
  const { client, shown, session, grace } = await watch()
  session.on('signed-in', () => void client.resetStore().catch(() => undefined))
  await session.signIn(grace)
  await until(() => shown.at(-1) === 'grace')
  expect(shown.filter((owner) => owner !== undefined)).toEqual(['ada', 'grace'])
})

test('what is watched stays that of another user after clearStore', async () => {
  const { client, query, shown, session, grace } = await watch()
  session.on('signed-in', () => void client.clearStore())
  await session.signIn(grace)
  const { data } = await client.query({ ...query, fetchPolicy: 'no-cache' })
  expect(data?.thing.owner).toBe('grace')
  expect(shown.at(-1)).toBe('ada')
})

test('resetStore rejects where asking again fails, and what is watched is given the error', async () => {
  const { client, shown, session, grace, orders } = await watch()
  const failed = vi.fn<(error: unknown) => void>()
  session.on('signed-in', () => void client.resetStore().catch(failed))
  orders.dropApi()
  await session.signIn(grace)
  await until(() => failed.mock.calls.length === 1)
  expect(failed).toHaveBeenCalledWith(expect.any(TypeError))
  expect(shown.at(-1)).toBeInstanceOf(TypeError)
})
