import { inspect } from 'node:util'

import fc from 'fast-check'
import { createSession, keyValueStore, memoryStore, type TokenStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import { expect, test } from 'vitest'

import { canary, oddRecords, oddStoredTexts } from './odd-records.js'
import { oddValues } from './odd-values.js'
import { endOf, expectCleanPrototypes, expectTyped, expectToWork } from './promises-kept.js'
import { longestMs, runs } from './runs.js'

/** More than any session needs that does not go round in circles. */
const mostCalls = 200

/** A session on this store: whatever it finds there, it lives, says nothing of it, and works afterwards. */
async function live(store: TokenStore): Promise<void> {
  const clock = fakeClock()
  let calls = 0
  const counted: TokenStore = {
    ...store,
    load: () => ((calls += 1), store.load()),
    replace: (expected, next) => ((calls += 1), store.replace(expected, next)),
  }
  const session = createSession({
    store: counted,
    clock,
    refresh: () => Promise.resolve({ accessToken: 'fresh-1', expiresIn: 60 }),
  })
  try {
    expect(await endOf(clock, () => session.ready)).toEqual({ value: undefined })
    expectTyped(await endOf(clock, () => session.getAccessToken()), false)
    expectTyped(await endOf(clock, () => session.refresh()), false)
    expect(shown([session, session.explain(), session.getSnapshot()])).not.toContain('7Zk2pQ9x')
    await expectToWork(session, clock)
    expectTyped(await endOf(clock, () => session.refresh()), false)
    expectTyped(await endOf(clock, () => session.signOut()), false)
    expect(session.status).toBe('signed-out')
    expect(shown([session, session.explain()])).not.toContain('7Zk2pQ9x')
    expect(calls).toBeLessThan(mostCalls)
    expectCleanPrototypes()
  } finally {
    await session.close()
  }
}

const shown = (values: readonly unknown[]): string =>
  inspect(values, { depth: 9, maxStringLength: null }) + JSON.stringify(values)

const asPromise = fc.constantFrom<(value: unknown) => unknown>(
  (value) => value,
  (value) => Promise.resolve({ value }).then((box) => box.value),
)

test(
  'G9 G32 G40 whatever a store of the app’s own gives, the session lives, and works afterwards',
  async () => {
    const property = fc.asyncProperty(oddRecords, asPromise, async (make, given) => {
      const inner = memoryStore()
      let isFirst = true
      await live({
        load: () => (isFirst ? ((isFirst = false), given(make()) as undefined) : inner.load()),
        replace: (expected, next) => inner.replace(expected && (inner.load() as undefined), next),
      })
    })
    await fc.assert(property, runs(120))
  },
  longestMs,
)

test(
  'G9 G32 G40 nor does it matter how often a store of the app’s own gives it',
  async () => {
    const property = fc.asyncProperty(oddValues, asPromise, (make, given) =>
      live({ load: () => given(make()) as undefined, replace: () => true }),
    )
    await fc.assert(property, runs(60))
  },
  longestMs,
)

test(
  'G9 G31 G32 G40 nor what it throws',
  async () => {
    const property = fc.asyncProperty(oddValues, fc.boolean(), (make, isAsync) => {
      const fail = (): never => {
        throw make()
      }
      const reject = (): Promise<never> => Promise.reject(make())
      const store = isAsync ? reject : fail
      return live({ load: store, replace: store, exclusive: store, watch: fail })
    })
    await fc.assert(property, runs(60))
  },
  longestMs,
)

test(
  'G32 G40 whatever was put into a memoryStore, the session lives, and works afterwards',
  async () => {
    const property = fc.asyncProperty(oddRecords, async (make) => {
      const store = memoryStore()
      await store.replace(undefined, make() as undefined)
      await live(store)
    })
    await fc.assert(property, runs(60))
  },
  longestMs,
)

test(
  'G32 G40 whatever a storage holds, the session lives, and works afterwards',
  async () => {
    const property = fc.asyncProperty(oddStoredTexts, asPromise, async (text, given) => {
      const texts = new Map([['auth', text]])
      const storage = {
        getItem: (key: string) => given(texts.get(key) ?? null) as string | null,
        setItem: (key: string, value: string) => given(void texts.set(key, value)),
        removeItem: (key: string) => given(void texts.delete(key)),
      }
      await live(keyValueStore(storage, 'auth'))
      expect(JSON.parse(texts.get('auth') ?? '')).toMatchObject({ version: 1 })
      expect(texts.get('auth')).not.toContain(canary)
    })
    await fc.assert(property, runs(120))
  },
  longestMs,
)

test(
  'G32 G34 G40 whatever a storage returns or throws, the session lives, and works afterwards',
  async () => {
    const property = fc.asyncProperty(oddValues, fc.boolean(), (make, isThrown) => {
      const answer = (): never => {
        if (isThrown) throw make()
        return make() as never
      }
      return live(keyValueStore({ getItem: answer, setItem: answer, removeItem: answer }, 'auth'))
    })
    await fc.assert(property, runs(60))
  },
  longestMs,
)
