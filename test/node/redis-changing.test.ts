import { redisStore } from 'unexpired/redis'
import { describe, expect, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { aroundScripts } from './harness/around-scripts.js'
import { connect, libraries } from './harness/redis-clients.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

describe.each(libraries)('a record that changes meanwhile, through %s', (library) => {
  /** The same record in other words, as another version of this package may write it. */
  const reword = (spaces: number) => {
    const text = JSON.stringify(record(1)) + ' '.repeat(spaces)
    return redis().ask('SET', 'unexpired:{ann}:session', text)
  }

  test.each([
    [2, true],
    [3, false],
  ])('in its wording alone, %s times, is compared three times', async (changes, isWritten) => {
    const { client } = await connect(library, redis())
    const store = redisStore(client, 'ann')
    await store.replace(undefined, record(1))
    let runs = 0
    const running = aroundScripts(client, async (run) => {
      if (++runs <= changes) await reword(runs)
      return run()
    })
    const replaced = await Promise.resolve(store.replace(record(1), record(2))).catch(String)
    expect(replaced).toEqual(isWritten || expect.stringContaining('it changes all the time'))
    expect(running).toHaveBeenCalledTimes(3)
    running.mockRestore()
    expect(await store.load()).toEqual(record(isWritten ? 2 : 1))
  })

  test('G6 is read anew in a turn, though one’s own write was answered only then', async () => {
    const connections = [await connect(library, redis()), await connect(library, redis())] as const
    const [one, other] = [
      redisStore(connections[0].client, 'ann'),
      redisStore(connections[1].client, 'ann'),
    ]
    await one.replace(undefined, record(1))
    await one.exclusive(async () => undefined, { waitMs: 1_000 })
    let answerWrite = (): void => undefined
    const written = new Promise<void>((resolve) => (answerWrite = resolve))
    let runs = 0
    const running = aroundScripts(connections[0].client, async (run) => {
      runs += 1
      const isWrite = runs === 1
      const answer = await run()
      if (isWrite) await written
      else answerWrite()
      return answer
    })
    const writing = one.replace(record(1), record(2))
    await expect.poll(() => other.load()).toEqual(record(2))
    await other.replace(record(2), record(3))
    expect(running).toHaveBeenCalledTimes(1)
    expect(await one.exclusive(async () => one.load(), { waitMs: 1_000 })).toEqual(record(3))
    expect(await writing).toBe(true)
  })
})
