import { expect, onTestFinished, test, vi } from 'vitest'

import { createSession } from 'unexpired'

import { systemClock } from '../../src/core/clock.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'

/** In place of what the platform has, until the test ends. */
function platform(name: string, value: unknown): void {
  vi.stubGlobal(name, value)
  onTestFinished(() => void vi.unstubAllGlobals())
}

test('time that only goes forwards is that of performance', () => {
  platform('performance', { now: () => 1_234 })
  vi.spyOn(Date, 'now').mockReturnValue(99)
  expect(systemClock.monotonic()).toBe(1_234)
  expect(systemClock.now()).toBe(99)
})

test('where a platform has no performance, it is the wall clock', async () => {
  platform('performance', undefined)
  vi.spyOn(Date, 'now').mockReturnValue(99)
  expect(systemClock.monotonic()).toBe(99)
  const session = createSession({ refresh: scriptedRefresh() })
  await session.signIn(tokensOf(1))
  expect(await session.getAccessToken()).toBe('access-1')
  await session.close()
})

test('a timer is a number in pages: it needs no telling that nobody waits for it', () => {
  const asked: unknown[] = []
  platform('setTimeout', (run: () => void, ms: number) => asked.push(['set', run, ms]) && 7)
  platform('clearTimeout', (timer: unknown) => void asked.push(['clear', timer]))
  const run = (): void => undefined
  const cancel = systemClock.setTimeout(run, 50)
  cancel()
  expect(asked).toEqual([
    ['set', run, 50],
    ['clear', 7],
  ])
})
