import { redisStore } from 'unexpired/redis'
import { describe, expect, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { connect, libraries } from './harness/redis-clients.js'
import { openServer, openUser, timed } from './harness/redis-user.js'
import { needRedis, scriptsIn, startRedis } from './harness/redis.js'

needRedis()

/** Where nobody may publish or subscribe, which is what a new user of Redis 7 may. */
async function withoutMessages() {
  const server = await startRedis()
  await server.ask('ACL', 'SETUSER', 'default', 'resetchannels')
  return server
}

describe.each(libraries)('without messages, through %s', (library) => {
  test('who waits for a turn looks again by itself', async () => {
    const redis = await withoutMessages()
    const [one, other] = [await connect(library, redis), await connect(library, redis)]
    let end = (): void => undefined
    const until = new Promise<void>((resolve) => (end = resolve))
    const first = redisStore(one.client, 'ann').exclusive(() => until, { waitMs: 1_000 })
    const { ms, value } = await timed(async () => {
      setTimeout(end, 100)
      return redisStore(other.client, 'ann').exclusive(async () => 'taken', { waitMs: 5_000 })
    })
    expect(value).toBe('taken')
    expect(ms).toBeLessThan(1_000)
    await first
  })

  test('writes count, at the first try', async () => {
    const redis = await withoutMessages()
    const { client } = await connect(library, redis)
    const store = redisStore(client, 'ann')
    const round = async (): Promise<void> => {
      expect(await store.replace(undefined, record(1))).toBe(true)
      expect(await store.replace(record(1), record(2))).toBe(true)
      expect(await store.replace(record(2), undefined)).toBe(true)
    }
    await round()
    await redis.resetCounts()
    // None fails, to be tried again.
    await round()
    expect(scriptsIn(await redis.counts())).toBe(3)
  })

  test('G1 G4 two machines still refresh once', async () => {
    const redis = await withoutMessages()
    const server = await openServer()
    const open = async () => {
      const { client } = await connect(library, redis)
      return openUser(redisStore(client, 'ann'), server)
    }
    const one = await open()
    await one.signIn()
    // Nobody tells it anything soon.
    const other = await open()
    await other.session.ready
    const users = [one, other]
    for (let round = 1; round <= 2; round += 1) {
      server.orders.expireNow()
      // The second one looks in its turn, and finds what the first one wrote.
      const answers = await Promise.all(users.map((user) => user.herd(3)))
      expect(answers.flat()).toEqual([200, 200, 200, 200, 200, 200])
      expect(server.counts).toMatchObject({ refreshes: round, familiesRevoked: 0 })
    }
    for (const user of users) expect(user.events('store-failed', 'turn-missed')).toEqual([])
  })

  test('G18 it is told that there are none, and who is signed in or out elsewhere is known a little later', async () => {
    const redis = await withoutMessages()
    const server = await openServer()
    const open = async () => {
      const { client } = await connect(library, redis)
      return openUser(redisStore(client, 'ann'), server)
    }
    const [one, other] = [await open(), await open()]
    await other.session.ready
    await one.signIn()
    const later = { timeout: 9_000 }
    await expect.poll(() => other.session.status, later).toBe('active')
    await one.session.signOut()
    await expect.poll(() => other.session.status, later).toBe('signed-out')
    for (const user of [one, other]) {
      expect(user.events('store-degraded')).toMatchObject([
        { missing: 'messages', message: 'no messages: changes are looked for each 5 s' },
      ])
    }
  })
})
