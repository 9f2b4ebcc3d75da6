import { describe, expect, onTestFinished, test } from 'vitest'

import { createSession } from 'unexpired'
import type { Awaitable, TokenStore } from 'unexpired'

import type { Place } from './store-contract.js'
import { record } from './store-records.js'

/** What every store must do for those who share it. */
export function sharingContract(name: string, make: () => Awaitable<Place>): void {
  describe(`holders that share a store in ${name}`, () => {
    test('G6 of replaces at once that expect the same, exactly one wins, and it is what is stored', async () => {
      const place = await make()
      const stores = [place.open(), place.open(), place.open()]
      await stores[0]?.replace(undefined, record(1))
      const contenders = Array.from({ length: 12 }, (_, index) =>
        record(2, { tokens: { accessToken: `contender-${index}` } }),
      )
      const won = await Promise.all(
        contenders.map(async (next, index) => stores[index % 3]?.replace(record(1), next)),
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await place.open().load()).toEqual(contenders[won.indexOf(true)])
    })

    test('G6 of updates by several holders none is lost', async () => {
      const place = await make()
      await place.open().replace(undefined, record(1))
      const count = async (store: TokenStore, times: number): Promise<void> => {
        for (let done = 0; done < times;) {
          const stored = await store.load()
          if (!stored) throw new Error('it vanished')
          if (await store.replace(stored, record(stored.generation + 1))) done += 1
        }
      }
      await Promise.all([1, 2, 3].map(() => count(place.open(), 5)))
      expect(await place.open().load()).toMatchObject({ generation: 16 })
    })

    test('tells each holder of every change, once it can be read, until it is asked not to', async () => {
      const place = await make()
      const [here, there] = [place.open(), place.open()]
      if (!here.watch || !there.watch) return
      const seen: (number | undefined)[] = []
      const look = async (store: TokenStore): Promise<void> => {
        seen.push((await store.load())?.generation)
      }
      const looks: Promise<void>[] = []
      const stops = [
        here.watch(() => void looks.push(look(here))),
        there.watch(() => void looks.push(look(there))),
      ]
      onTestFinished(() => stops.forEach((stop) => stop()))
      await here.replace(undefined, record(1))
      await expect.poll(() => looks.length, { interval: 2 }).toBeGreaterThanOrEqual(2)
      await Promise.all(looks)
      expect(seen).not.toContain(undefined)
      expect(seen.length).toBeGreaterThanOrEqual(2)

      const told = looks.length
      await here.replace(undefined, record(7))
      await there.load()
      expect(looks).toHaveLength(told)

      for (const stop of stops) stop()
      for (const stop of stops) stop()
      await here.replace(record(1), record(2))
      await there.load()
      expect(looks).toHaveLength(told)
    })

    test('a watcher that listens twice is told twice, and taken away alone', async () => {
      const store = (await make()).open()
      if (!store.watch) return
      let told = 0
      const changed = (): void => void (told += 1)
      const stop = store.watch(changed)
      onTestFinished(store.watch(changed))
      await store.replace(undefined, record(1))
      await expect.poll(() => told, { interval: 2 }).toBe(2)
      stop()
      await store.replace(record(1), record(2))
      await expect.poll(() => told, { interval: 2 }).toBe(3)
    })

    test('runs work in turns, and rejects without having run it when the turn does not come', async () => {
      const place = await make()
      const [here, there] = [place.open(), place.open()]
      if (!here.exclusive || !there.exclusive) return
      let running = 0
      let most = 0
      const work = async (): Promise<void> => {
        most = Math.max(most, (running += 1))
        await new Promise<void>((done) => void setTimeout(done, 2))
        running -= 1
      }
      await Promise.all(
        [here, there, here].map(async (store) => store.exclusive?.(work, { waitMs: 5_000 })),
      )
      expect(most).toBe(1)

      let isRun = false
      let finish = (): void => undefined
      let long: Promise<void> | undefined
      await new Promise<void>((begun) => {
        const untilFinished = (): Promise<void> => {
          begun()
          return new Promise<void>((done) => (finish = done))
        }
        long = here.exclusive?.(untilFinished, { waitMs: 5_000 })
      })
      const short = there.exclusive(() => Promise.resolve((isRun = true)), { waitMs: 20 })
      await expect(short).rejects.toBeInstanceOf(Error)
      expect(isRun).toBe(false)
      finish()
      await long
    })

    test('G1 G4 two sessions on it share one sign-in, one refresh and one sign-out', async () => {
      const place = await make()
      let refreshes = 0
      const sessions = [1, 2].map(() =>
        createSession({
          store: place.open(),
          refresh: async () => ({ accessToken: `new-${(refreshes += 1)}`, refreshToken: 'r' }),
        }),
      )
      onTestFinished(() => sessions.forEach((session) => void session.close()))
      const [one, two] = sessions
      if (!one || !two) expect.unreachable()
      await one.ready
      await one.signIn({ accessToken: 'old', refreshToken: 'r' })
      await expect.poll(() => two.tokens?.accessToken, { interval: 2 }).toBe('old')
      const send = (session: typeof one): Promise<{ status: number }> =>
        session.authorize(({ accessToken }) =>
          Promise.resolve({ status: accessToken === 'new-1' ? 200 : 401 }),
        )
      const answers = await Promise.all([one, two, one, two].map(send))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      expect(refreshes).toBe(1)
      await two.signOut()
      await expect.poll(() => one.status, { interval: 2 }).toBe('signed-out')
    })
  })
}
