import { readdir, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

import { fileStore } from 'unexpired/node'
import { expect, onTestFinished, test, vi } from 'vitest'

import { record } from '../stores/store-records.js'
import { makePath } from './harness/place.js'

test('with all packages there is nothing to tell, and the lock of the kernel is taken', async () => {
  const path = await makePath()
  const degraded = vi.fn()
  const store = fileStore(path)
  onTestFinished(store.watch(() => undefined, degraded))
  const name = basename(path)
  await store.replace(undefined, record(1))
  await store.exclusive(
    async () => {
      const files = await readdir(dirname(path))
      expect(files.sort()).toEqual([name, `${name}.lock`, `${name}.swap.lock`])
    },
    { waitMs: 1_000 },
  )
  expect(degraded).not.toHaveBeenCalled()
})

test('G5 who waits for a lock whose file is removed gets it when it is free', async () => {
  const path = await makePath()
  const [holder, waiter] = [fileStore(path), fileStore(path)]
  let isHeld = true
  const waiting = await holder.exclusive(
    async () => {
      const next = waiter.exclusive(async () => isHeld, { waitMs: 5_000 })
      next.catch(() => undefined)
      await new Promise((done) => void setTimeout(done, 100))
      await rm(`${path}.lock`)
      isHeld = false
      return { next }
    },
    { waitMs: 1_000 },
  )
  expect(await waiting.next).toBe(false)
})

test('who waits and is told that nobody needs it any more stops soon, without a turn', async () => {
  const path = await makePath()
  const [holder, waiter] = [fileStore(path), fileStore(path)]
  const leaving = new AbortController()
  const work = vi.fn(async () => undefined)
  await holder.exclusive(
    async () => {
      const waiting = waiter.exclusive(work, { waitMs: 60_000, signal: leaving.signal })
      leaving.abort()
      await expect(waiting).rejects.toThrow('nobody waits for the turn any more')
    },
    { waitMs: 1_000 },
  )
  expect(work).not.toHaveBeenCalled()
})
