import { expect, test, vi } from 'vitest'

import { deferred, observe } from './observed.js'
import { never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { eventsOf, signedIn, startSession } from './start-session.js'

test('it gives the token in force, or nothing when signed out', async () => {
  const { session } = startSession()
  expect(await session.getAccessToken()).toBeUndefined()
  await session.signIn(tokensOf(1))
  expect(await session.getAccessToken()).toBe('access-1')
  await session.signOut()
  expect(await session.getAccessToken()).toBeUndefined()
})

test('an expired token is refreshed first', async () => {
  const { session, clock } = await signedIn()
  await clock.advance(60_000)
  expect(await session.getAccessToken()).toBe('access-2')
})

test('G12 an abort ends the waiting at once, and disturbs neither the refresh nor the others', async () => {
  const answer = deferred<object>()
  const { session, clock, refresh } = await signedIn({
    refresh: scriptedRefresh(() => answer.promise),
  })
  await clock.advance(60_000)
  const controller = new AbortController()
  const [leader, follower] = [
    observe(session.getAccessToken({ signal: controller.signal })),
    observe(session.getAccessToken()),
  ]
  await clock.advance(10)
  controller.abort(new Error('not needed any more'))
  await clock.advance(0)
  expect(leader.error).toEqual(new Error('not needed any more'))
  expect(follower.state).toBe('pending')
  expect(refresh.calls[0]?.signal.aborted).toBe(false)
  answer.resolve(tokensOf(2))
  await clock.advance(0)
  expect(follower.value).toBe('access-2')
  expect(eventsOf(session, 'released')).toMatchObject([
    { outcome: 'aborted', waitedMs: 10 },
    { outcome: 'sent' },
  ])
})

test('G12 an abort without a reason is an AbortError', async () => {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(never) })
  await clock.advance(60_000)
  const controller = new AbortController()
  const asked = observe(session.getAccessToken({ signal: controller.signal }))
  controller.abort()
  await clock.advance(0)
  expect(asked.error).toMatchObject({ name: 'AbortError' })
})

test('G12 a signal that was aborted before rejects at once, and refreshes nothing', async () => {
  const { session, clock, refresh } = await signedIn()
  await clock.advance(60_000)
  const signal = AbortSignal.abort(new Error('too late'))
  await expect(session.getAccessToken({ signal })).rejects.toThrow('too late')
  expect(refresh.calls).toHaveLength(0)
})

test('G43 a signal that lives on keeps nothing of what it was passed to', async () => {
  const { session, clock } = await signedIn()
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  for (let round = 0; round < 10; round += 1) {
    await clock.advance(60_000)
    await session.getAccessToken({ signal })
  }
  expect(added.mock.calls.length).toBe(10)
  expect(removed.mock.calls.length).toBe(10)
})

test('G29 what waits goes on in the order in which it came', async () => {
  const { session, clock } = await signedIn()
  await clock.advance(60_000)
  const order: number[] = []
  const all = Array.from({ length: 50 }, (_, index) =>
    index % 2
      ? session.getAccessToken().then(() => order.push(index))
      : session.authorize(() => Promise.resolve()).then(() => order.push(index)),
  )
  await Promise.all(all)
  const odd = order.filter((index) => index % 2)
  const even = order.filter((index) => !(index % 2))
  expect([odd, even]).toEqual([odd, even].map((each) => [...each].sort((a, b) => a - b)))
})

test('G42 with a live token an attempt is made at once, within the call', async () => {
  const { session } = await signedIn()
  let made = 0
  const sent = session.authorize((lease) => {
    made += 1
    return Promise.resolve(lease.generation)
  })
  expect(made).toBe(1)
  expect(await sent).toBe(1)
})
