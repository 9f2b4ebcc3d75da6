import { readdir } from 'node:fs/promises'
import type * as FsPromises from 'node:fs/promises'
import { basename, dirname } from 'node:path'

import { fileStore } from 'unexpired/node'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { record } from '../stores/store-records.js'
import { makePath } from './harness/place.js'

/** How renames fail before one is let through. */
const rename = vi.hoisted(() => ({ failures: [] as Error[], calls: 0 }))

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof FsPromises>()
  const tried: typeof fs.rename = async (from, to) => {
    rename.calls += 1
    const failure = rename.failures.shift()
    if (failure) throw failure
    await fs.rename(from, to)
  }
  return { ...fs, default: { ...fs, rename: tried }, rename: tried }
})

beforeEach(() => {
  rename.calls = 0
  rename.failures = []
})

const fails = (code: string, times: number): Error[] =>
  Array.from({ length: times }, () => Object.assign(new Error(`${code}: rename`), { code }))

function onPlatform(platform: NodeJS.Platform): void {
  const own = Object.getOwnPropertyDescriptor(process, 'platform') ?? {}
  Object.defineProperty(process, 'platform', { ...own, value: platform })
  onTestFinished(() => void Object.defineProperty(process, 'platform', own))
}

/** One that has the first record, and writes the second. */
async function writeSecond(platform: NodeJS.Platform, failures: Error[]) {
  const path = await makePath()
  const store = fileStore(path)
  await store.replace(undefined, record(1))
  rename.calls = 0
  rename.failures = failures
  onPlatform(platform)
  const written = Promise.resolve(store.replace(record(1), record(2)))
  written.catch(() => undefined)
  return { path, store, written }
}

/** No draft, which has tokens in it, is left. */
const drafts = async (path: string) =>
  (await readdir(dirname(path))).filter(
    (name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'),
  )

describe('the name of a file', () => {
  test.each(['EPERM', 'EACCES', 'EBUSY'])(
    'G31 that Windows keeps for who reads it (%s) is tried again until it is free',
    async (code) => {
      const { store, written } = await writeSecond('win32', fails(code, 3))
      expect(await written).toBe(true)
      expect(rename.calls).toBe(4)
      expect(await store.load()).toEqual(record(2))
    },
  )

  test('G31 G35 that is never free is given up after a second, and nothing is left', async () => {
    const since = performance.now()
    const { path, store, written } = await writeSecond('win32', fails('EPERM', 1_000))
    await expect(written).rejects.toThrow('EPERM: rename')
    expect(rename.calls).toBe(20)
    // It has waited between them.
    expect(performance.now() - since).toBeGreaterThan(900)
    expect(await drafts(path)).toEqual([])
    expect(await store.load()).toEqual(record(1))
  })

  test.each([
    ['win32', 'ENOSPC'],
    ['linux', 'EPERM'],
    ['darwin', 'EBUSY'],
  ] as const)('G31 G35 on %s, %s does not pass, and is told at once', async (platform, code) => {
    const { path, store, written } = await writeSecond(platform, fails(code, 1))
    await expect(written).rejects.toThrow(`${code}: rename`)
    expect(rename.calls).toBe(1)
    expect(await drafts(path)).toEqual([])
    expect(await store.load()).toEqual(record(1))
  })

  test('G31 an error without a code is told at once', async () => {
    const { written } = await writeSecond('win32', [new Error('it broke')])
    await expect(written).rejects.toThrow('it broke')
    expect(rename.calls).toBe(1)
  })
})
