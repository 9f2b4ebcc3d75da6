import { expect, test } from 'vitest'

import { RefreshUnavailableError } from 'unexpired'
import type { Clock, TokenStore } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import type { FakeClock } from 'unexpired/testing'

import { portOf } from '../../src/core/port.js'
import { deferred, observe } from './observed.js'
import { jsonResponse, never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signedInWith } from './signing.js'
import { api, signedIn, startSession } from './start-session.js'

test('G12 a request that is aborted by one before it in the line is not sent', async () => {
  const { session, clock } = await signedIn()
  await clock.advance(60_000)
  const controller = new AbortController()
  const sent: number[] = []
  const first = session.authorize(() => {
    sent.push(1)
    controller.abort(new Error('the first has it'))
    return Promise.resolve('good')
  })
  const second = observe(
    session.authorize(
      () => {
        sent.push(2)
        return Promise.resolve('good')
      },
      { signal: controller.signal },
    ),
  )
  expect(await first).toBe('good')
  await clock.advance(0)
  expect(sent).toEqual([1])
  expect(second.error).toEqual(new Error('the first has it'))
})

test('G7 a request during a refresh() that goes through the cool-down waits for it', async () => {
  const answer = deferred<object>()
  const refresh = scriptedRefresh(jsonResponse(400, {}), () => answer.promise)
  const { session, clock } = await signedIn({ refresh })
  await expect(session.refresh()).rejects.toBeInstanceOf(RefreshUnavailableError)
  const server = api(session, 'access-2')
  const asked = observe(session.refresh())
  session.expire()
  const held = observe(server.send())
  await clock.advance(0)
  expect(held.state).toBe('pending')
  answer.resolve(tokensOf(2))
  await clock.advance(0)
  expect(asked.value).toEqual(tokensOf(2))
  expect(held.value).toEqual({ status: 200, by: 'access-2' })
})

/** Counts the timers for which a process must live. */
function countingClock(): { clock: FakeClock; living: Set<object> } {
  const clock = fakeClock()
  const living = new Set<object>()
  const setTimer: Clock['setTimeout'] = (run, ms, options) => {
    const timer = {}
    if (options?.keepAlive) living.add(timer)
    const cancel = clock.setTimeout(run, ms, options)
    return () => {
      living.delete(timer)
      cancel()
    }
  }
  return { clock: { ...clock, setTimeout: setTimer }, living }
}

test('G14 a process lives for as long as anybody waits, whoever leaves before', async () => {
  const { clock, living } = countingClock()
  const answer = deferred<object>()
  const { session } = await signedIn({ clock, refresh: scriptedRefresh(() => answer.promise) })
  await clock.advance(60_000)
  expect(living.size).toBe(0)
  const controller = new AbortController()
  const one = observe(session.getAccessToken({ signal: controller.signal }))
  const two = observe(session.getAccessToken())
  expect(living.size).toBe(1)
  controller.abort()
  await clock.advance(0)
  expect([one.state, two.state]).toEqual(['rejected', 'pending'])
  expect(living.size).toBe(1)
  answer.resolve(tokensOf(2))
  await clock.advance(0)
  expect(two.value).toBe('access-2')
  expect(living.size).toBe(0)
})

test('a session is busy while a request is signed, and no longer', async () => {
  const signature = deferred<object>()
  const credential = async () => {
    await signature.promise
    return {}
  }
  const { session, clock } = await signedInWith(credential)
  const port = portOf(session, 'a test')
  const sent = session.authorize(() => Promise.resolve('good'))
  expect(port.activity()).toBe('busy')
  signature.resolve({})
  expect(await sent).toBe('good')
  await clock.advance(0)
  expect(port.activity()).toBe('idle')
})

test('a session is busy while somebody waits for a store that is read again', async () => {
  let reads = 0
  const store: TokenStore = {
    load: () =>
      (reads += 1) > 1
        ? never()
        : Promise.reject(new RefreshUnavailableError('network', 0, 'the store is away')),
    replace: () => true,
  }
  const { session, clock } = startSession({ store })
  await clock.advance(0)
  const port = portOf(session, 'a test')
  expect(port.activity()).toBe('idle')
  await clock.advance(1_000)
  const held = observe(session.getAccessToken())
  await clock.advance(0)
  expect(held.state).toBe('pending')
  expect(port.activity()).toBe('busy')
})
