import type { TokenStore } from 'unexpired'
import { redisStore } from 'unexpired/redis'
import type { RedisStoreOptions } from 'unexpired/redis'
import { describe, expect, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { connect, libraries } from './harness/redis-clients.js'
import type { Library } from './harness/redis-clients.js'
import { timed } from './harness/redis-user.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()

const turnKey = 'unexpired:{ann}:turn'

type Store = Required<TokenStore>

/** Holders on connections of their own. */
async function holders(library: Library, count: number, options?: RedisStoreOptions) {
  const connections = await Promise.all(
    Array.from({ length: count }, () => connect(library, redis())),
  )
  const stores = connections.map(({ client }) => redisStore(client, 'ann', options))
  const [first, second] = stores
  if (!first || !second) throw new Error('two holders at least')
  return { first, second, stores, connections }
}

const pause = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms))

/** Takes the turn, and has it until it is told to end. */
async function hold(store: Store) {
  let end = (): void => undefined
  let fail = (_error: Error): void => undefined
  let done: Promise<unknown> = Promise.resolve()
  await new Promise<void>((begun) => {
    const work = (): Promise<void> => {
      begun()
      return new Promise((resolve, reject) => {
        end = resolve
        fail = reject
      })
    }
    done = store.exclusive(work, { waitMs: 10_000 })
    done.catch(() => undefined)
  })
  return { end, fail, done }
}

describe.each(libraries)('turns in Redis, through %s', (library) => {
  test('two holders never have it at once', async () => {
    const { stores } = await holders(library, 4)
    let running = 0
    let most = 0
    let runs = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, (running += 1))
      await pause(3)
      runs += 1
      running -= 1
    }
    const all = stores.flatMap((store) => [1, 2, 3, 4, 5].map(() => store))
    await Promise.all(all.map((store) => store.exclusive(work, { waitMs: 20_000 })))
    expect({ most, runs }).toEqual({ most: 1, runs: 20 })
    expect(await redis().ask('EXISTS', turnKey)).toBe(0)
  })

  test('work that fails gives it back at once, and its error is told', async () => {
    const { first, second } = await holders(library, 2)
    const failed = first.exclusive(() => Promise.reject(new Error('no luck')), { waitMs: 1_000 })
    await expect(failed).rejects.toThrow('no luck')
    const thrown = first.exclusive(
      () => {
        throw new Error('at once')
      },
      { waitMs: 1_000 },
    )
    await expect(thrown).rejects.toThrow('at once')
    expect(await redis().ask('EXISTS', turnKey)).toBe(0)
    expect(await second.exclusive(async () => 'next', { waitMs: 10 })).toBe('next')
  })

  test('G5 a holder that died is followed when its lease ends', async () => {
    const leaseMs = 900
    const { first, second, connections } = await holders(library, 2, { leaseMs })
    await hold(first)
    connections[0]?.quit()
    const { ms, value } = await timed(() =>
      second.exclusive(async () => 'followed', { waitMs: 10_000 }),
    )
    expect(value).toBe('followed')
    expect(ms).toBeLessThan(leaseMs + 500)
  })

  test('G5 it is not taken from work that runs longer than the lease', async () => {
    const { first, second } = await holders(library, 2, { leaseMs: 600 })
    const long = await hold(first)
    let isTaken = false
    const next = second.exclusive(async () => (isTaken = true), { waitMs: 20_000 })
    await pause(1_800)
    expect(isTaken).toBe(false)
    long.end()
    await long.done
    expect(await next).toBe(true)
  })

  test('G6 who loses it is told, and cannot overwrite newer tokens', async () => {
    const leaseMs = 2_400
    const { first, second } = await holders(library, 2, { leaseMs })
    await first.replace(undefined, record(1))
    await first.load()
    const sleeper = await hold(first)
    await redis().ask('DEL', turnKey)
    const lostAt = performance.now()
    const newer = record(2, { tokens: { accessToken: 'newer' } })
    const write = async (): Promise<boolean> => second.replace(record(1), newer)
    expect(await second.exclusive(write, { waitMs: 10_000 })).toBe(true)
    await expect(sleeper.done).rejects.toThrow(/turn was lost/)
    // By the next renewal, not when the lease would have ended.
    expect(performance.now() - lostAt).toBeLessThan(leaseMs - 100)
    expect(await first.replace(record(1), record(2))).toBe(false)
    expect(await first.load()).toEqual(newer)
  })

  test('who lost it does not give back the next one’s', async () => {
    const { first, second } = await holders(library, 2, { leaseMs: 5_000 })
    const sleeper = await hold(first)
    await redis().ask('DEL', turnKey)
    const next = await hold(second)
    const owner = await redis().ask('GET', turnKey)
    sleeper.end()
    await sleeper.done
    expect(await redis().ask('GET', turnKey)).toBe(owner)
    next.end()
    await next.done
  })

  test('who waits is woken by a message, sooner than it would look again', async () => {
    const { first, second } = await holders(library, 2)
    // As a session does.
    second.watch(() => undefined)
    await expect.poll(() => redis().ask('PUBSUB', 'NUMSUB', 'unexpired:{ann}')).toContain(1)
    const took: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const holder = await hold(first)
      let givenAt = 0
      const next = second.exclusive(async () => performance.now() - givenAt, { waitMs: 10_000 })
      await pause(20)
      givenAt = performance.now()
      holder.end()
      took.push(await next)
      await holder.done
    }
    // Looking again takes between 250 and 500 ms.
    expect(took.sort((a, b) => a - b)[2]).toBeLessThan(120)
  })

  test('it is waited for as long as asked, and no longer', async () => {
    const { first, second } = await holders(library, 2)
    const holder = await hold(first)
    for (const waitMs of [0, 100, 700]) {
      let isRun = false
      const run = async (): Promise<void> => void (isRun = true)
      const { ms } = await timed(async () => {
        await expect(second.exclusive(run, { waitMs })).rejects.toThrow(/no turn within/)
      })
      expect(isRun).toBe(false)
      expect(ms).toBeGreaterThan(waitMs - 20)
      expect(ms).toBeLessThan(waitMs + 400)
    }
    // What comes free in that time is taken.
    const soon = second.exclusive(async () => 'taken', { waitMs: 300 })
    await pause(150)
    holder.end()
    expect(await soon).toBe('taken')
  })
})
