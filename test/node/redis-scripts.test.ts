import { redisStore } from 'unexpired/redis'
import { describe, expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { aroundScripts } from './harness/around-scripts.js'
import { connect, libraries } from './harness/redis-clients.js'
import { timed } from './harness/redis-user.js'
import { scriptsIn, useRedis } from './harness/redis.js'

const redis = useRedis()

/** What Redis says to who may not, by its version. */
const denied = /can't run this command|NOPERM|permission/i

/** The next script, which Redis knows, runs there, and its answer is lost on the way. */
function loseNextAnswer(client: object): void {
  const running = aroundScripts(client, async (run) => {
    running.mockRestore()
    await run()
    throw new Error('the connection was cut')
  })
}

describe.each(libraries)('what a script answers, through %s', (library) => {
  test('G6 a write whose answer was lost is known as done when it is tried again', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann')
    await store.replace(undefined, record(1))
    loseNextAnswer(client)
    expect(await store.replace(record(1), record(2))).toBe(true)
    loseNextAnswer(client)
    expect(await store.replace(record(2), undefined)).toBe(true)
    expect(await store.load()).toBeUndefined()
  })

  test('G6 somebody else’s write is not taken for one’s own when it is tried again', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann')
    await store.replace(undefined, record(1))
    await redisStore(client, 'ann').replace(record(1), record(2))
    loseNextAnswer(client)
    expect(await store.replace(record(1), record(2, { sessionId: 'bob' }))).toBe(false)
    expect(await store.load()).toEqual(record(2))
  })

  test('a turn whose answer was lost is ours when it is asked for again', async () => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann')
    await store.exclusive(async () => undefined, { waitMs: 1_000 })
    loseNextAnswer(client)
    expect(await store.exclusive(async () => 'taken', { waitMs: 1_000 })).toBe('taken')
  })

  test('a Redis that says nothing is waited for as long as was said, the first time too', async () => {
    const { client } = await connect(library, redis())
    const timeoutMs = 600
    const store = redisStore(client, 'ann', { timeoutMs })
    redis().freeze()
    onTestFinished(() => redis().thaw())
    const { ms } = await timed(() => expect(store.load()).rejects.toThrow('did not answer'))
    expect(ms).toBeGreaterThan(timeoutMs - 20)
    expect(ms).toBeLessThan(timeoutMs + 600)
  })

  test('who waits for a turn looks now and then, and not all the time', async () => {
    const { client } = await connect(library, redis())
    const [holder, waiter] = [redisStore(client, 'ann'), redisStore(client, 'ann')]
    await holder.exclusive(
      async () => {
        await redis().resetCounts()
        const late = waiter.exclusive(async () => 'taken', { waitMs: 700 })
        await expect(late).rejects.toThrow('no turn')
      },
      { waitMs: 1_000 },
    )
    expect(scriptsIn(await redis().counts())).toBeLessThan(10)
  })

  test('G15 G31 who may not read is told so, and takes nobody for signed out', async () => {
    const { client } = await connect(library, redis())
    await redisStore(client, 'ann').replace(undefined, record(1))
    await redis().ask('ACL', 'SETUSER', 'default', '-get')
    const store = redisStore(client, 'ann', { timeoutMs: 600 })
    try {
      const message = expect.stringMatching(denied) as string
      await expect(store.load()).rejects.toMatchObject({ reason: 'network', message })
      await expect(store.replace(undefined, record(2))).rejects.toThrow(denied)
    } finally {
      await redis().ask('ACL', 'SETUSER', 'default', '+get')
    }
    expect(await store.load()).toEqual(record(1))
  })
})
