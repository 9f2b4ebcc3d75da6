import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'

import { memoryStore } from 'unexpired'
import { startTokenServer } from 'unexpired/testing'
import { expect, onTestFinished, test, vi } from 'vitest'

import type { BrokenKind } from './broken.js'
import { nodeClients } from './clients-node.js'
import { courseOf, judgeAlive, judgeHeap, slopeOf } from './heap.js'
import type { Sample } from './heap.js'
import { measureProcess } from './measure.js'
import { createTraffic } from './traffic.js'
import type { Traffic } from './traffic.js'
import { shortBounds } from './verdict.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const inFlight = 18

/** As `npm run soak` does it, for so many seconds; without files, as others use the disk, too. */
async function runProgram(seconds: number, ...more: readonly string[]) {
  const options = ['--minutes', String(seconds / 60), '--in-flight', String(inFlight), ...more]
  const how = ['--node', '--no-files', '--seed', '7', ...options]
  const args = ['--import', 'tsx', 'test/soak/main.ts', ...how]
  return new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, args, { cwd: root }, (error, said) =>
      resolve({ code: error ? Number(error.code) : 0, said }),
    )
  })
}

/** Three processes, on a machine that may do much else. */
const patienceMs = 120_000

test.concurrent(
  'G9 G15 seconds of traffic, expiries and faults lose no request, and explain every error',
  async () => {
    const { code, said } = await runProgram(3)
    expect(said).toContain('Node: all is well')
    expect(said).toMatch(/answered: 200 +\d\d/)
    expect(said).toMatch(/refreshed +\d/)
    expect(code).toBe(0)
  },
  patienceMs,
)

test.concurrent(
  'the program fails, and says why, where an error has no fault for it',
  async () => {
    const { code, said } = await runProgram(1, '--broken', 'untyped')
    expect(said).toMatch(/WRONG .* as .*: unexplained: Error: something went wrong/)
    expect(code).toBe(1)
  },
  patienceMs,
)

/** Traffic with a client that does wrong, without processes and faults. */
async function openTraffic(broken: BrokenKind, settleMs: number): Promise<Traffic> {
  const server = await startTokenServer({ accessTokenLifetime: 1 })
  const settings = { seed: 7, inFlight, settleMs, servers: [], hasFiles: false, broken }
  const place = { name: 'a', url: server.url }
  const account = { name: 'a-one', server: place, openStore: memoryStore, isLeader: true }
  const more = { seats: 1, hasGuest: false, makeClients: nodeClients }
  const traffic = createTraffic(settings, [{ ...account, ...more }])
  onTestFinished(async () => {
    await traffic.close()
    await server.close()
  })
  return traffic
}

test.each<[BrokenKind, string, number, RegExp]>([
  ['loses', 'a request never settles', 1_000, /lost, not settled after 1000 ms/],
  ['mixes', 'an answer is another request’s', 20_000, /the answer is another request’s/],
])(
  'the soak fails where a client %s: %s',
  async (kind, _what, settleMs, found) => {
    const traffic = await openTraffic(kind, settleMs)
    traffic.run()
    await vi.waitUntil(() => traffic.report().violationCount > 0, { timeout: patienceMs / 2 })
    await traffic.drain()
    expect(traffic.report().violations).toContainEqual(expect.stringMatching(found))
  },
  patienceMs,
)

test(
  'the soak fails where a client keeps what it should let go of',
  async () => {
    v8.setFlagsFromString('--expose-gc')
    vi.stubGlobal('gc', runInNewContext('gc'))
    onTestFinished(() => void vi.unstubAllGlobals())
    const traffic = await openTraffic('leaks', 20_000)
    const samples: Sample[] = []
    const made = (): number => traffic.report().counts['made'] ?? 0
    for (let minute = 0; minute < 4; minute++) {
      const before = made()
      traffic.run()
      await vi.waitUntil(() => made() > before + 60, { timeout: patienceMs / 5 })
      await pause(300)
      await traffic.drain()
      samples.push({ ...(await measureProcess()), minute })
    }
    expect(judgeHeap('it', samples, shortBounds)).toContainEqual(
      expect.stringContaining('it: the heap moves by'),
    )
  },
  patienceMs,
)

const samplesOf = (heaps: readonly number[]): Sample[] =>
  heaps.map((heap, index) => ({ minute: index / 2, heap, alive: { Promise: heap } }))

const bounds = { slopePerMinute: 10, span: 50 }

test('a heap that is flat after its warm-up is well', () => {
  const samples = samplesOf([10, 500, 900, 1000, 1004, 998, 1003, 1000])
  expect(judgeHeap('it', samples, bounds)).toEqual([])
  expect(judgeAlive('it', samples, 10)).toEqual([])
})

test('a heap that grows slowly, or once by much, is not', () => {
  const growing = samplesOf([1000, 1000, 1000, 1000, 1010, 1020, 1030, 1040])
  expect(courseOf(growing).slopePerMinute).toBeCloseTo(20)
  expect(judgeHeap('it', growing, bounds)).toHaveLength(1)
  expect(judgeAlive('it', growing, 10)).toHaveLength(1)
  const jumping = samplesOf([1000, 1000, 1000, 1000, 1100, 1000, 1000, 1100])
  expect(judgeHeap('it', jumping, bounds)).toContainEqual(expect.stringContaining('the heap moves'))
})

test('a slope is that of the closest line', () => {
  expect(slopeOf([0, 1, 2, 3].map((x) => ({ x, y: 2 * x + 1 })))).toBeCloseTo(2)
  expect(slopeOf([{ x: 1, y: 5 }])).toBe(0)
})
