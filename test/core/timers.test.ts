import { expect, onTestFinished, test, vi } from 'vitest'

import { createSession, memoryStore } from 'unexpired'
import type { Clock, Session } from 'unexpired'
import { fakeClock } from 'unexpired/testing'

import { observe } from './observed.js'
import { jsonResponse, never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'

const longest = 2 ** 31 - 1

/** A fake clock that remembers which timers were asked for. */
function spyingClock() {
  const clock = fakeClock()
  const timers: { ms: number; keepAlive: boolean }[] = []
  const spying: Clock = {
    now: clock.now,
    monotonic: clock.monotonic,
    setTimeout(run, ms, options) {
      timers.push({ ms, keepAlive: options?.keepAlive === true })
      return clock.setTimeout(run, ms)
    },
  }
  return { clock, spying, timers }
}

function start(clock: Clock, more: object, ...script: Answer[]): Session {
  const session = createSession({ ...more, clock, refresh: scriptedRefresh(...script) })
  onTestFinished(() => void session.close())
  return session
}

test.each<[string, object, object, Answer]>([
  ['a lifetime of a millennium', {}, { expiresIn: 1e12 }, tokensOf(2)],
  ['the longest lifetime', {}, { expiresIn: Number.MAX_VALUE }, tokensOf(2)],
  ['thirty days ahead of time', { refreshAheadMs: 2.6e9 }, { expiresIn: 2.6e7 }, tokensOf(2)],
  ['a timeout of years', { refreshTimeoutMs: 1e12 }, {}, tokensOf(2)],
  ['the longest timeout', { refreshTimeoutMs: Number.MAX_VALUE }, {}, tokensOf(2)],
  ['a Retry-After of years', {}, {}, () => jsonResponse(503, {}, { 'Retry-After': '99999999999' })],
  ['a store that fails', { store: { ...memoryStore(), replace: never } }, {}, tokensOf(2)],
])('G14 no timer is over 2^31−1 ms, nor no number: %s', async (_name, options, tokens, answer) => {
  const { clock, spying, timers } = spyingClock()
  const session = start(spying, options, answer)
  const signingIn = observe(session.signIn({ ...tokensOf(1), ...tokens }))
  await clock.advance(10_000)
  expect(signingIn.state).toBe('fulfilled')
  const asked = [observe(session.refresh()), observe(session.getAccessToken())]
  await clock.advance(600_000)
  expect(asked.map(({ state }) => state)).not.toContain('pending')
  expect(timers.length).toBeGreaterThan(0)
  for (const { ms } of timers) {
    expect(ms).toBeGreaterThanOrEqual(0)
    expect(ms).toBeLessThanOrEqual(longest)
  }
})

test('G14 only a request that waits keeps the process alive, and only while it waits', async () => {
  const { clock, spying, timers } = spyingClock()
  const session = start(spying, {})
  await session.signIn(tokensOf(1))
  await session.getAccessToken()
  await clock.advance(55_000)
  timers.length = 0
  const held = [observe(session.getAccessToken()), observe(session.refresh())]
  expect(timers.filter(({ keepAlive }) => keepAlive)).toHaveLength(1)
  await clock.advance(0)
  expect(held.map(({ state }) => state)).toEqual(['fulfilled', 'fulfilled'])
  expect(clock.pendingTimers).toBe(0)
})

test('G14 no timer is left when all is done', async () => {
  const { clock, spying } = spyingClock()
  const down = (): Response => jsonResponse(400, {})
  const session = start(spying, {}, new Error('net'), tokensOf(2), down)
  await session.signIn(tokensOf(1))
  const refreshed = session.refresh()
  await clock.advance(1_000)
  await refreshed
  await session.refresh().catch(() => undefined)
  await session.signOut()
  expect(clock.pendingTimers).toBe(0)
})

/** The timers of the platform that are asked for from now on. */
function platformTimers() {
  const timers: { ms: number; timer: NodeJS.Timeout }[] = []
  const real = globalThis.setTimeout
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run: () => void, ms = 0) => {
    const timer = real(run, ms)
    timers.push({ ms, timer })
    return timer
  })
  const cleared = new Set<unknown>()
  const clear = globalThis.clearTimeout
  vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
    cleared.add(timer)
    clear(timer)
  })
  return { timers, waiting: () => timers.filter(({ timer }) => !cleared.has(timer)) }
}

test('G14 the platform’s timers are cut to what it can do, and one at most keeps the process alive', async () => {
  const { timers, waiting } = platformTimers()
  const session = createSession({ refreshTimeoutMs: 1e13, refresh: never })
  await session.signIn(tokensOf(1))
  void session.authorize(() => Promise.resolve({ status: 401 })).catch(() => undefined)
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((done) => void setImmediate(done))
  expect(waiting().length).toBeGreaterThanOrEqual(2)
  for (const { ms } of timers) expect(ms).toBeLessThanOrEqual(longest)
  expect(waiting().filter(({ timer }) => timer.hasRef())).toHaveLength(1)
  void session.close()
  expect(waiting().filter(({ timer }) => timer.hasRef())).toEqual([])
})

test('G37 lifetimes of all sizes leave no timer of the platform waiting', async () => {
  const { waiting } = platformTimers()
  for (const expiresIn of [1, 60, 2_592_000, 1e12]) {
    const session = createSession({ refresh: scriptedRefresh() })
    onTestFinished(() => void session.close())
    await session.signIn({ ...tokensOf(1), expiresIn })
    await session.getAccessToken()
    await session.refresh()
  }
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((done) => void setImmediate(done))
  expect(waiting()).toEqual([])
})
