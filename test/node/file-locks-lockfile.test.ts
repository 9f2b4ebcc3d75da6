import { mkdir, readdir, rmdir, stat, utimes } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

import { fileStore } from 'unexpired/node'
import { expect, onTestFinished, test, vi } from 'vitest'

import { makePath } from './harness/place.js'

vi.mock('fs-native-extensions', () => {
  throw new Error('not installed')
})

/** A turn that somebody left behind, who touched it last so long ago (milliseconds). */
async function leaveTurn(path: string, ageMs: number): Promise<void> {
  const at = new Date(Date.now() - ageMs)
  await mkdir(`${path}.turn`)
  await utimes(`${path}.turn`, at, at)
}

test('G34 the lock of the kernel is told to be missing, and no other', async () => {
  const path = await makePath()
  const store = fileStore(path)
  const degraded = vi.fn()
  onTestFinished(store.watch(() => undefined, degraded))
  const isTurn = await store.exclusive(async () => (await stat(`${path}.turn`)).isDirectory(), {
    waitMs: 1_000,
  })
  expect(isTurn).toBe(true)
  expect(degraded.mock.calls).toEqual([
    ['kernel-lock', expect.stringMatching(/^no kernel-lock: ./)],
  ])
})

test('G5 a turn that nobody touched for more than 10 s is taken, and nothing is left behind', async () => {
  const path = await makePath()
  await leaveTurn(path, 10_500)
  expect(await fileStore(path).exclusive(async () => 'taken', { waitMs: 2_000 })).toBe('taken')
  expect(await readdir(dirname(path))).toEqual([`${basename(path)}.swap.lock`])
})

test('G5 a turn that was touched since is not', async () => {
  const path = await makePath()
  await leaveTurn(path, 8_000)
  const waiting = fileStore(path).exclusive(async () => 'taken', { waitMs: 200 })
  await expect(waiting).rejects.toThrow('no turn within 200 ms')
  expect((await stat(`${path}.turn`)).isDirectory()).toBe(true)
})

test('G5 a turn that somebody else took meanwhile is not given back', async () => {
  const path = await makePath()
  const work = async (): Promise<void> => {
    await rmdir(`${path}.turn`)
    await leaveTurn(path, 0)
  }
  await fileStore(path).exclusive(work, { waitMs: 1_000 })
  expect((await stat(`${path}.turn`)).isDirectory()).toBe(true)
})

test('G5 who finds that the turn was taken away is told', async () => {
  const path = await makePath()
  const work = async (): Promise<void> => {
    await rmdir(`${path}.turn`)
    await new Promise(() => undefined)
  }
  // It is touched each 2.5 s.
  await expect(fileStore(path).exclusive(work, { waitMs: 1_000 })).rejects.toThrow(
    /session\.json\.turn/,
  )
})
