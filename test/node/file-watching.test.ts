import { writeFileSync } from 'node:fs'
import type * as Fs from 'node:fs'
import { rename, symlink, writeFile } from 'node:fs/promises'

import { fileStore } from 'unexpired/node'
import { expect, onTestFinished, test, vi } from 'vitest'

import { record } from '../stores/store-records.js'
import { makePath } from './harness/place.js'

/** What is watched just now. */
const open = vi.hoisted(() => new Set<Fs.FSWatcher>())

// The real one, counted.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>()
  const watch = (
    path: Fs.PathLike,
    options: Fs.WatchOptions,
    listener: Fs.WatchListener<string>,
  ): Fs.FSWatcher => {
    const watcher = fs.watch(path, options, listener)
    open.add(watcher)
    watcher.once('close', () => open.delete(watcher))
    return watcher
  }
  return { ...fs, default: { ...fs, watch }, watch }
})

const written = (generation: number): string => JSON.stringify(record(generation))

/** What was begun has come to its end by then, and what should not happen would have happened (milliseconds). */
const whileMs = 300
const aWhile = () => new Promise<void>((done) => void setTimeout(done, whileMs))

/** Sooner than the look that is taken each 5 s besides (milliseconds). */
const bySoon = { timeout: 4_000, interval: 5 }

const watching = () => expect.poll(() => open.size, bySoon)

test('G43 who stops to listen before anything was watched leaves nothing open', async () => {
  const store = fileStore(await makePath())
  store.watch(() => undefined)()
  await aWhile()
  expect(open.size).toBe(0)
})

test('G43 one watch serves all who listen, and ends with the last of them', async () => {
  const path = await makePath()
  const store = fileStore(path)
  const [one, other] = [vi.fn(), vi.fn()]
  const stopOne = store.watch(one)
  const stopOther = store.watch(other)
  onTestFinished(stopOther)
  await watching().toBe(1)
  stopOne()
  // Once more is nothing.
  stopOne()
  await writeFile(path, written(1))
  await expect.poll(() => other.mock.calls.length, bySoon).toBeGreaterThan(0)
  expect(one).not.toHaveBeenCalled()
  expect(open.size).toBe(1)
  stopOther()
  await watching().toBe(0)
  stopOther()
  const stopAgain = store.watch(other)
  await watching().toBe(1)
  stopAgain()
  await watching().toBe(0)
})

test('G34 a watch that breaks is closed and told of once, to those who come later as well', async () => {
  const store = fileStore(await makePath())
  const degraded = vi.fn()
  const changed = vi.fn()
  onTestFinished(store.watch(changed, degraded))
  onTestFinished(store.watch(changed))
  await watching().toBe(1)
  const [broken] = open
  broken?.emit('error', new Error('it broke'))
  broken?.emit('error', new Error('it broke'))
  await watching().toBe(0)
  const lost = ['file-events', 'no file-events: changes are looked for each 5 s']
  expect(degraded.mock.calls).toEqual([lost])
  const later = vi.fn()
  onTestFinished(store.watch(changed, later))
  onTestFinished(store.watch(changed))
  expect(later.mock.calls).toEqual([lost])
})

test('what changed since the first look is told, although somebody has read it meanwhile', async () => {
  const path = await makePath()
  const store = fileStore(path)
  writeFileSync(path, written(1))
  expect(await store.load()).toEqual(record(1))
  writeFileSync(path, written(2))
  expect(await store.load()).toEqual(record(2))
  const changed = vi.fn()
  onTestFinished(store.watch(changed))
  await expect.poll(() => changed.mock.calls.length, bySoon).toBe(1)
})

test('G31 a file that cannot be read for a while is not taken for one that was removed', async () => {
  const path = await makePath()
  writeFileSync(path, written(1))
  const store = fileStore(path)
  await store.load()
  const changed = vi.fn()
  onTestFinished(store.watch(changed))
  await watching().toBe(1)
  await symlink(path, `${path}.loop`)
  await rename(`${path}.loop`, path)
  await aWhile()
  expect(changed).not.toHaveBeenCalled()
  await writeFile(`${path}.next`, written(2))
  await rename(`${path}.next`, path)
  await expect.poll(() => changed.mock.calls.length, bySoon).toBe(1)
})
