import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { fileStore } from 'unexpired/node'
import { describe, expect, onTestFinished, test } from 'vitest'

import { record } from '../stores/store-records.js'
import { makeDirectory, makePath, openServer } from './harness/place.js'
import { startWorkers } from './harness/processes.js'
import { active, eventually, reasonsOf, served, signInAll, times } from './harness/sharing.js'

/** Before the look that is taken each 5 s besides (milliseconds). */
const bySoon = { timeout: 3_000, interval: 5 }

const open = async (count: number) => {
  const server = await openServer()
  const path = join(await makeDirectory(), 'below/session.json')
  const settings = { url: server.url, place: { kind: 'file', path } } as const
  return { server, path, settings, workers: await startWorkers(count, settings) }
}

describe('the other processes', () => {
  test('G1 G18 G23 know of a sign-in, of new tokens and of a sign-out without asking', async () => {
    const { server, workers } = await open(3)
    const [first, second, third] = workers
    if (!first || !second || !third) expect.unreachable()
    await Promise.all(workers.map((worker) => worker.call('ready', 'ann')))
    await signInAll(workers)
    server.orders.expireNow()
    expect(await second.call('send', 'ann', 2)).toEqual(times(2, served(2)))
    await Promise.all(workers.map((worker) => active(worker, 2)))
    await third.call('signOut', 'ann')
    for (const worker of workers) {
      await eventually(() => worker.call('status', 'ann')).toMatchObject({ status: 'signed-out' })
      expect(await reasonsOf(worker)).toEqual(['signed-out'])
    }
    expect(server.counts.refreshes).toBe(1)
  })

  test('G23 a sign-out wins over a refresh that is under way elsewhere', async () => {
    const { server, path, workers } = await open(2)
    const [refreshing, leaving] = workers
    if (!refreshing || !leaving) expect.unreachable()
    await signInAll(workers)
    server.orders.expireNow()
    const held = await refreshing.holdAt('answered')
    await refreshing.call('begin', 'ann', 2)
    await held.reached
    await leaving.call('signOut', 'ann')
    await held.goOn()
    expect(await refreshing.call('settled')).toEqual(
      times(2, { error: 'session-ended', reason: 'signed-out' }),
    )
    for (const worker of workers) {
      expect(await worker.call('status', 'ann')).toMatchObject({ status: 'signed-out' })
    }
    expect(await readFile(path, 'utf8')).not.toMatch(/[ar]t_f/)
  })
})

describe('watching', () => {
  test('tells of what is put there, changed and removed by others, and not of their other files', async () => {
    const path = await makePath()
    await writeFile(path, JSON.stringify(record(1)))
    const store = fileStore(path)
    expect(await store.load()).toEqual(record(1))
    let told = 0
    onTestFinished(store.watch(() => void (told += 1)))
    await appendFile(`${path}.bak`, 'of somebody')
    await mkdir(`${path}.d`)
    await store.load()
    const steps: (() => unknown)[] = [
      () => rm(path),
      () => writeFile(path, JSON.stringify(record(2))),
      () => fileStore(path).replace(record(2), record(3)),
      () => fileStore(path).replace(record(3), undefined),
    ]
    for (const step of steps) {
      const before = told
      await step()
      await expect.poll(() => told, bySoon).toBeGreaterThan(before)
    }
    expect(told).toBeLessThan(20)
  })

  test('hears at once again where the directory was removed, and made anew by others', async () => {
    const path = join(await makeDirectory(), 'below/session.json')
    const [here, there] = [fileStore(path), fileStore(path)]
    await there.replace(undefined, record(1))
    await here.load()
    let told = 0
    onTestFinished(here.watch(() => void (told += 1)))
    await rm(join(path, '..'), { recursive: true })
    await expect.poll(() => told, { timeout: 12_000 }).toBe(1)
    await there.replace(undefined, record(2))
    await expect.poll(() => told, { timeout: 12_000 }).toBe(2)
    // From here on events come again, sooner than the look each 5 s.
    await new Promise<void>((done) => void setTimeout(done, 100))
    for (const generation of [3, 4]) {
      await there.replace(record(generation - 1), record(generation))
      await expect.poll(() => told, bySoon).toBe(generation)
    }
  })

  test('G34 of a place that cannot be is told, and begins when it can', async () => {
    const directory = await makeDirectory()
    const path = join(directory, 'file/session.json')
    await writeFile(join(directory, 'file'), 'of somebody')
    const store = fileStore(path)
    const missing: string[] = []
    let told = 0
    onTestFinished(
      store.watch(
        () => void (told += 1),
        (what) => void missing.push(what),
      ),
    )
    await expect.poll(() => missing).toEqual(['file-events'])
    await rm(join(directory, 'file'))
    await fileStore(path).replace(undefined, record(1))
    await expect.poll(() => told, { timeout: 8_000 }).toBeGreaterThan(0)
  })

  test('G14 keeps no process alive that has nothing else to do', async () => {
    const { server, workers, path } = await open(1)
    const [worker] = workers
    await worker?.call('signIn', 'ann')
    server.orders.expireNow()
    await worker?.call('send', 'ann', 1)
    const since = Date.now()
    await worker?.call('leave')
    expect(await worker?.exited).toEqual({ code: 0, signal: null })
    // Connections to the server are kept for some seconds by the fetch of Node itself.
    expect(Date.now() - since).toBeLessThan(15_000)
    expect(worker?.complaints()).toBe('')
    expect(await readFile(path, 'utf8')).toContain('"generation":2')
  })

  test('G14 nor does waiting for a turn that another process has', async () => {
    const { server, workers } = await open(2)
    const [holder, waiter] = workers
    if (!holder || !waiter) expect.unreachable()
    await signInAll(workers)
    server.orders.expireNow()
    const held = await holder.holdAt('refreshing')
    await holder.call('begin', 'ann', 1)
    await held.reached
    await waiter.call('begin', 'ann', 1)
    await eventually(() => server.counts.turnedAway).toBe(2)
    await waiter.call('close', 'ann')
    await waiter.call('leave')
    expect(await waiter.exited).toEqual({ code: 0, signal: null })
    await held.goOn()
    expect(await holder.call('settled')).toEqual([served(2)])
  })
})
