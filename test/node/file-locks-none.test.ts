import { fileStore } from 'unexpired/node'
import { expect, onTestFinished, test, vi } from 'vitest'

import { makePath } from './harness/place.js'

vi.mock('fs-native-extensions', () => {
  throw Object.assign(new Error('not installed'), { code: 'ERR_MODULE_NOT_FOUND' })
})
vi.mock('proper-lockfile', () => {
  throw new Error('not installed')
})

test('G34 without any lock it is told what is missing, what that means, and what to install', async () => {
  const store = fileStore(await makePath())
  const degraded = vi.fn()
  onTestFinished(store.watch(() => undefined, degraded))
  await store.exclusive(async () => undefined, { waitMs: 1_000 })
  expect(degraded.mock.calls).toEqual([
    ['kernel-lock', expect.stringMatching(/^no kernel-lock: /)],
    ['lock-file', 'no lock-file: processes do not take turns, so that two may refresh at once'],
  ])
})

test('G5 who waited in vain is not given the turn when it is free', async () => {
  const store = fileStore(await makePath())
  const work = vi.fn(async () => undefined)
  await store.exclusive(
    () => expect(store.exclusive(work, { waitMs: 20 })).rejects.toThrow('no turn within 20 ms'),
    { waitMs: 1_000 },
  )
  expect(await store.exclusive(async () => 'next', { waitMs: 1_000 })).toBe('next')
  expect(work).not.toHaveBeenCalled()
})
