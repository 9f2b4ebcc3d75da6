import type * as FsPromises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type * as Path from 'node:path'

import { fileStore } from 'unexpired/node'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'

import { record } from '../stores/store-records.js'

/**
 * Files of a system whose paths are as on Windows: `C:\` is a directory here, and a path that is put
 * together in another way than Windows does is noted.
 */
const disk = vi.hoisted(() => {
  let root = ''
  const wrong = new Set<string>()
  const toReal = (value: unknown): unknown => {
    if (typeof value !== 'string') return value
    if (value.includes('/')) wrong.add(value)
    return value.startsWith('C:\\') ? root + value.slice(2).replaceAll('\\', '/') : value
  }
  const toShown = (value: unknown): unknown =>
    typeof value === 'string' && value.startsWith(root)
      ? `C:${value.slice(root.length).replaceAll('/', '\\')}`
      : value
  const wrap = (module: object): Record<string, unknown> => {
    const wrapped: Record<string, unknown> = {}
    for (const [name, call] of Object.entries(module) as [string, unknown][]) {
      wrapped[name] =
        typeof call !== 'function' || /^[A-Z]/.test(name)
          ? call
          : (...args: unknown[]) => {
              const given = (call as (...args: unknown[]) => unknown)(...args.map(toReal))
              return given instanceof Promise ? given.then(toShown) : toShown(given)
            }
    }
    return { ...wrapped, default: wrapped }
  }
  return { wrong, wrap, put: (directory: string) => (root = directory) }
})

vi.mock('node:path', async (original) => {
  const { win32 } = await original<typeof Path>()
  return { ...win32, default: win32 }
})
vi.mock('node:fs', async (original) => disk.wrap(await original()))
vi.mock('node:fs/promises', async (original) => disk.wrap(await original()))

const real = () => vi.importActual<typeof FsPromises>('node:fs/promises')

beforeAll(async () => {
  const { mkdtemp, rm } = await real()
  const root = await mkdtemp(`${tmpdir()}/unexpired-c-`)
  disk.put(root)
  return () => rm(root, { recursive: true, force: true })
})

test('G30 G35 paths are put together as on Windows, wherever there is one', async () => {
  const path = 'C:\\Users\\Ann Example\\AppData\\Roaming\\my-tool\\session.json'
  const [here, there] = [fileStore(path), fileStore(path.replaceAll('\\', '/'))]
  let told = 0
  onTestFinished(here.watch(() => void (told += 1)))
  expect(await here.load()).toBeUndefined()
  expect(await there.replace(undefined, record(1))).toBe(true)
  expect(await here.load()).toEqual(record(1))
  await expect.poll(() => told).toBe(1)
  await here.exclusive(
    () =>
      expect(there.exclusive(() => Promise.resolve(), { waitMs: 50 })).rejects.toThrow(/no turn/),
    { waitMs: 1_000 },
  )
  expect(await here.replace(record(1), undefined)).toBe(true)
  expect(await there.load()).toBeUndefined()
  expect([...disk.wrong]).toEqual([])
})
