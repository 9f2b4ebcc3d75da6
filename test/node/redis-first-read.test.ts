import { redisStore } from 'unexpired/redis'
import { expect, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { connect, libraries } from './harness/redis-clients.js'
import { openServer, openUser } from './harness/redis-user.js'
import { needRedis, startRedis } from './harness/redis.js'

needRedis()

/** Longer than a session waits for a store (milliseconds). */
const timeoutMs = 60_000

const patient = { timeout: 20_000, interval: 20 }

/** As the record of the session is made. */
const tokens = { accessToken: 'access', refreshToken: 'refresh' }

test('G15 G31 however long Redis may take to answer, nobody counts as signed out before it has', async () => {
  const redis = await startRedis()
  const server = await openServer()
  const connections = await Promise.all(libraries.map((library) => connect(library, redis)))
  const [first] = connections
  if (!first) expect.unreachable()
  await openUser(redisStore(first.client, 'ann'), server).signIn()
  redis.freeze()
  const users = connections.map(({ client }) =>
    openUser(redisStore(client, 'ann', { timeoutMs }), server),
  )
  for (const outcome of await Promise.allSettled(users.map((user) => user.send()))) {
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'refresh-unavailable', reason: 'network' },
    })
  }
  for (const { session } of users) expect(session.status).toBe('restoring')
  redis.thaw()
  for (const user of users) {
    await expect.poll(() => user.session.status, patient).toBe('active')
    expect(await user.send()).toBe(200)
  }
  expect(server.counts).toMatchObject({ refreshes: 0, turnedAway: 0 })
})

test.each(libraries)(
  'G23 G31 a sign-in before the first answer, closed at once, is stored for who comes next, through %s',
  async (library) => {
    const redis = await startRedis()
    const server = await openServer()
    const { client } = await connect(library, redis)
    const others = redisStore(client, 'ann')
    await others.replace(undefined, record(4))
    redis.freeze()
    const { session } = openUser(redisStore(client, 'ann', { timeoutMs }), server)
    const signingIn = session.signIn(tokens).then(
      () => 'signed in',
      (error: unknown) => error,
    )
    const closing = session.close()
    redis.thaw()
    await closing
    // Whoever waited for that may end the client, and the process.
    expect(await others.load()).toMatchObject({ generation: 1, tokens })
    expect(await signingIn).toMatchObject({ code: 'session-ended', reason: 'closed' })
    expect(session.status).toBe('signed-out')
  },
)

test.each(libraries)(
  'G23 a sign-out before the first answer, closed at once, is stored before that is over, through %s',
  async (library) => {
    const redis = await startRedis()
    const server = await openServer()
    const { client } = await connect(library, redis)
    await openUser(redisStore(client, 'ann'), server).signIn()
    redis.freeze()
    const { session } = openUser(redisStore(client, 'ann', { timeoutMs }), server)
    const leaving = session.signOut()
    const closing = session.close()
    redis.thaw()
    await closing
    expect((await redisStore(client, 'ann').load())?.tokens).toBeUndefined()
    await leaving
  },
)
