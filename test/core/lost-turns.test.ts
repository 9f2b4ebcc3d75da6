import { expect, test } from 'vitest'

import { memoryStore } from 'unexpired'
import type { TokenStore } from 'unexpired'

import { deferred, observe } from './observed.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { eventsOf, signedIn } from './start-session.js'

/** A store whose turns a test gives and takes. */
function turnStore() {
  const { load, replace } = memoryStore()
  const asked: { give(): void; take(): void }[] = []
  const store: TokenStore = {
    load,
    replace,
    exclusive: (work) =>
      new Promise((resolve, reject) => {
        asked.push({
          give: () => void work().then(resolve, reject),
          take: () => reject(new Error('the page is going away')),
        })
      }),
  }
  return { store, asked }
}

test('G4 G5 whose turn was lost between two tries takes another, and reads again, before the next try', async () => {
  const { store, asked } = turnStore()
  const first = deferred<object>()
  const refresh = scriptedRefresh(() => first.promise)
  const { session, clock } = await signedIn({ store, refresh })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  asked[0]?.give()
  await clock.advance(0)
  expect(refresh.calls).toHaveLength(1)

  asked[0]?.take()
  first.reject(new TypeError('Failed to fetch'))
  await clock.advance(1_000)
  expect(refresh.calls).toHaveLength(1)
  expect(asked).toHaveLength(2)

  // Another holder has had its turn meanwhile.
  const stored = await store.load()
  expect(stored).toBeDefined()
  if (stored) await store.replace(stored, { ...stored, generation: 2, tokens: tokensOf(2) })
  asked[1]?.give()
  await clock.advance(1_000)
  expect(refreshed.value).toEqual(tokensOf(2))
  expect(refresh.calls).toHaveLength(1)
  expect(eventsOf(session, 'turn-missed')).toEqual([])
})

test('G4 whose turn was lost while it read in it takes another before the first try', async () => {
  const { store, asked } = turnStore()
  const reading = deferred()
  const { session, clock, refresh } = await signedIn({ store })
  const { load } = store
  store.load = () => reading.promise.then(load)
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  asked[0]?.give()
  await clock.advance(0)
  asked[0]?.take()
  reading.resolve()
  await clock.advance(1_000)
  expect(refresh.calls).toHaveLength(0)
  expect(asked).toHaveLength(2)

  asked[1]?.give()
  await clock.advance(0)
  expect(refreshed.value).toEqual(tokensOf(2))
  expect(refresh.calls).toHaveLength(1)
})

test('a turn that comes when the session has been closed refreshes nothing', async () => {
  const { store, asked } = turnStore()
  const { session, clock, refresh } = await signedIn({ store })
  const refreshed = observe(session.refresh())
  await clock.advance(0)
  session.close()
  asked[0]?.give()
  await clock.advance(1_000)
  expect(refreshed.error).toMatchObject({ reason: 'closed' })
  expect(refresh.calls).toHaveLength(0)
})

test('G9 a store that loses every turn makes no more than three tries of one refresh', async () => {
  const { load, replace } = memoryStore()
  const losing: TokenStore = {
    load,
    replace,
    exclusive(work) {
      void work()
      return Promise.reject(new Error('lost'))
    },
  }
  const down = (): never => {
    throw new TypeError('Failed to fetch')
  }
  const refresh = scriptedRefresh(...Array.from({ length: 50 }, () => down))
  const { session, clock } = await signedIn({ store: losing, refresh })
  const refreshed = observe(session.refresh())
  await clock.advance(20_000)
  expect(refresh.calls).toHaveLength(3)
  expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable', reason: 'network' })
})
