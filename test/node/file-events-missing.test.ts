import type * as Fs from 'node:fs'

import { fileStore } from 'unexpired/node'
import { expect, onTestFinished, test, vi } from 'vitest'

import { record } from '../stores/store-records.js'
import { makePath } from './harness/place.js'

// As where the system has no watches left.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>()
  const watch = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, watch'), { code: 'ENOSPC' })
  }
  return { ...fs, default: { ...fs, watch }, watch }
})

test('G34 where no file can be watched, changes are noticed by looking, and that is told', async () => {
  const path = await makePath()
  const [here, there] = [fileStore(path), fileStore(path)]
  const missing: string[] = []
  let told = 0
  onTestFinished(
    here.watch(
      () => void (told += 1),
      (what, message) => void missing.push(what, message),
    ),
  )
  await expect
    .poll(() => missing)
    .toEqual(['file-events', 'no file-events: changes are looked for each 5 s'])
  await there.replace(undefined, record(1))
  await expect.poll(() => told, { timeout: 8_000 }).toBe(1)
  await there.replace(record(1), undefined)
  await expect.poll(() => told, { timeout: 8_000 }).toBe(2)
})
