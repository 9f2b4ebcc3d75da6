import fc from 'fast-check'
import { expect, test } from 'vitest'
import { interceptorQueue } from '../axios/naive/interceptor-queue.js'
import { clients } from './clients.js'
import { drive } from './drive.js'
import { judgeTraffic } from './judge-traffic.js'
import { naiveAxios } from './naive-axios.js'
import { inGroups, watchStandstills, withoutDoubt } from './pace.js'
import { sessionOf, type MakeSubject } from './subject.js'
import { describeTraffic, requestsInAll, traffic } from './traffic.js'

/**
 * `UNEXPIRED_FAULT_RUNS` makes more of them, and takes others each time; without, they are the same, so that
 * whoever changed nothing breaks nothing. A run that fails prints its traffic, and the seed and number with
 * which `UNEXPIRED_FAULT_SEED` and `UNEXPIRED_FAULT_RUN` drive it again, alone.
 */
const {
  UNEXPIRED_FAULT_RUNS: runs,
  UNEXPIRED_FAULT_SEED: seed = runs === undefined ? '20260101' : undefined,
  UNEXPIRED_FAULT_RUN: only,
} = process.env

const numRuns = Number(runs ?? 60)

/** So many are driven at one time: most of them wait. */
const atOnce = 12

const longestMs = 60_000 + numRuns * 2_000

const makers = Object.entries(clients).map(([name, { make }]) => [name, sessionOf(make)] as const)

/** Drives as many as are asked for, each through the next client; returns what was wrong, and all strikes. */
async function driveAll(
  choose: (run: number) => readonly [string, MakeSubject],
  count: number,
  boundMs?: number,
) {
  const start = Number(seed ?? Date.now() % 1e9)
  // Real networks do not repeat themselves to the byte: there is nothing to shrink.
  const all = fc.sample(traffic, { numRuns: count, seed: start })
  const standstills = watchStandstills()
  let struck = 0
  let requests = 0
  const wrong = await inGroups(
    all.map((each, run) => async () => {
      if (only !== undefined && run !== Number(only)) return []
      const [name, makeSubject] = choose(run)
      const find = async () => {
        const driven = await drive(makeSubject, each, boundMs)
        return { driven, found: judgeTraffic(each, driven) }
      }
      // Of who is known to be wrong, nothing is in doubt.
      const isWrong = (result: { found: string[] }): boolean =>
        boundMs === undefined && result.found.length > 0
      const { driven, found } = await withoutDoubt(standstills, find, isWrong)
      struck += driven.struck
      requests += driven.ends.length
      const where = `seed ${start}, run ${run}, ${name}, ${describeTraffic(each)}`
      return found.length ? [`${where}\n  ${found.join('\n  ')}`] : []
    }),
    atOnce,
  )
  standstills.close()
  return { wrong: wrong.flat(), struck, requests }
}

test(
  'G1 G9 G11 G14 G15 G17 G18 G28 G40 twenty requests through every client come to their end, whatever faults they meet',
  async () => {
    const unheard: unknown[] = []
    const hear = (reason: unknown): void => void unheard.push(reason)
    process.on('unhandledRejection', hear)
    const choose = (run: number) => makers[run % makers.length] ?? expect.unreachable()
    const { wrong, struck, requests } = await driveAll(choose, numRuns)
    process.off('unhandledRejection', hear)
    expect(wrong).toEqual([])
    expect(unheard).toEqual([])
    if (only !== undefined) return
    expect(requests).toBe(numRuns * requestsInAll)
    // Some faults wait for requests that never come.
    expect(struck).toBeGreaterThan(numRuns)
  },
  longestMs,
)

test('such traffic finds what is wrong with the interceptor that everyone copies', async () => {
  // Nobody needs to wait long for what never comes.
  const { wrong } = await driveAll(() => ['naive', naiveAxios(interceptorQueue)], 8, 1_000)
  const said = wrong.join('\n')
  for (const promise of ['G9 every request settles', 'G15 G17', 'G15 a session ends']) {
    expect(said).toContain(promise)
  }
}, 60_000)
