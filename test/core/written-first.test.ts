import { expect, test } from 'vitest'

import { keyValueStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import type { FakeClock } from 'unexpired/testing'

import { observe } from './observed.js'
import { tokensOf } from './scripted-refresh.js'
import { api, startSession } from './start-session.js'

/** Storage that takes a while, and can be looked at without waiting. */
function storageOf(clock: FakeClock, ms: number) {
  const kept = new Map<string, string>()
  const written: string[] = []
  const slowly = <T>(work: () => T): T | Promise<T> =>
    ms ? new Promise((done) => void clock.setTimeout(() => done(work()), ms)) : work()
  return {
    storage: {
      getItem: (key: string) => slowly(() => kept.get(key)),
      setItem: (key: string, value: string) =>
        slowly(() => void written.push(kept.set(key, value).get(key) ?? '')),
      removeItem: (key: string) => slowly(() => void kept.delete(key)),
    },
    /** Whether these tokens are stored, or were before newer ones. */
    wasStored: (tokens: object) => written.some((text) => text.includes(JSON.stringify(tokens))),
  }
}

test.each([0, 20])(
  'G30 whoever sees a token finds it stored already, where storage takes %d ms',
  async (ms) => {
    const clock = fakeClock()
    const { storage, wasStored } = storageOf(clock, ms)
    const { session } = startSession({ clock, store: keyValueStore(storage, 'auth') })
    const sightings: boolean[] = []
    const look = (): void => {
      const { tokens } = session
      if (tokens) sightings.push(wasStored(tokens))
    }
    for (const type of ['signed-in', 'refreshed', 'adopted', 'released', 'replayed'] as const) {
      session.on(type, look)
    }
    session.subscribe(look)
    const leases: boolean[] = []
    const send = (): Promise<{ status: number }> =>
      session.authorize((lease) => {
        leases.push(wasStored(session.tokens ?? {}))
        expect(session.tokens?.accessToken).toBe(lease.accessToken)
        return Promise.resolve({ status: lease.accessToken === 'access-1' ? 401 : 200 })
      })

    const steps: (() => Promise<unknown>)[] = [
      () => session.signIn(tokensOf(1)),
      () => Promise.all([send(), send(), session.getAccessToken(), session.refresh()]),
      () => session.adopt(tokensOf(9)),
      () => session.refresh(),
      () => session.signIn({ accessToken: 'other' }),
      () => session.getAccessToken(),
    ]
    for (const step of steps) {
      const done = observe(step())
      for (let rounds = 0; done.state === 'pending' && rounds < 200; rounds += 1) {
        look()
        await clock.advance(1)
      }
      expect(done.state).toBe('fulfilled')
      look()
    }
    expect(sightings.length).toBeGreaterThan(15)
    expect(leases.length).toBeGreaterThanOrEqual(4)
    expect([...sightings, ...leases]).not.toContain(false)
  },
)

test('G30 a reader of the storage sees the old record or the new one, and nothing between', async () => {
  const clock = fakeClock()
  const kept: string[] = []
  const storage = {
    getItem: () => kept.at(-1),
    setItem: (_key: string, value: string) => kept.push(value),
    removeItem: () => expect.unreachable(),
  }
  const { session } = startSession({ clock, store: keyValueStore(storage, 'auth') })
  await session.signIn(tokensOf(1))
  await api(session, 'access-2').send()
  await session.signOut()
  expect(kept.map((text) => JSON.parse(text) as unknown)).toMatchObject([
    { version: 1, generation: 1, tokens: tokensOf(1) },
    { version: 1, generation: 2, tokens: tokensOf(2) },
    { version: 1, generation: 3 },
  ])
  expect(kept.at(-1)).not.toContain('access')
})
