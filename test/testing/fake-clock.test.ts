import { expect, test } from 'vitest'

import { fakeClock } from 'unexpired/testing'

test('it stands still until it is told to move', async () => {
  const clock = fakeClock(1000)
  expect([clock.now(), clock.monotonic()]).toEqual([1000, 0])
  await clock.advance(250)
  expect([clock.now(), clock.monotonic()]).toEqual([1250, 250])
})

test('without a start it is a plausible date', () => {
  expect(new Date(fakeClock().now()).toISOString()).toBe('2026-01-01T00:00:00.000Z')
})

test('timers run when they are due, in the order in which they are due', async () => {
  const clock = fakeClock(0)
  const ran: string[] = []
  const note = (name: string) => () => ran.push(`${name} at ${clock.monotonic()}`)
  clock.setTimeout(note('late'), 20)
  clock.setTimeout(note('early'), 10)
  clock.setTimeout(note('beside'), 10)
  clock.setTimeout(note('never'), 31)
  await clock.advance(9)
  expect(ran).toEqual([])
  await clock.advance(21)
  expect(ran).toEqual(['early at 10', 'beside at 10', 'late at 20'])
  expect(clock.pendingTimers).toBe(1)
})

test('a cancelled timer never runs', async () => {
  const clock = fakeClock()
  const cancel = clock.setTimeout(() => expect.unreachable(), 10)
  expect(clock.pendingTimers).toBe(1)
  cancel()
  cancel()
  expect(clock.pendingTimers).toBe(0)
  await clock.advance(100)
})

test('a timer may cancel another that is due with it', async () => {
  const clock = fakeClock()
  clock.setTimeout(() => cancel(), 10)
  const cancel = clock.setTimeout(() => expect.unreachable(), 10)
  await clock.advance(10)
})

test('a timer that is set on the way runs in the same advance, if it falls due', async () => {
  const clock = fakeClock()
  const ran: number[] = []
  const again = () => {
    ran.push(clock.monotonic())
    clock.setTimeout(again, 10)
  }
  clock.setTimeout(again, 10)
  await clock.advance(35)
  expect(ran).toEqual([10, 20, 30])
})

test('promises settle between timers, even long chains of them', async () => {
  const clock = fakeClock()
  const ran: string[] = []
  const chain = async (links: number): Promise<void> => {
    if (links > 0) await chain(links - 1)
  }
  clock.setTimeout(() => void chain(10).then(() => ran.push('settled')), 10)
  clock.setTimeout(() => ran.push('next'), 10)
  await clock.advance(10)
  expect(ran).toEqual(['settled', 'next'])
})

test('a timer set by a promise that was settled before is not missed', async () => {
  const clock = fakeClock()
  const ran: string[] = []
  void Promise.resolve().then(() => clock.setTimeout(() => ran.push('ran'), 5))
  await clock.advance(5)
  expect(ran).toEqual(['ran'])
})

test('a timer that throws fails the advance, and the clock stands there', async () => {
  const clock = fakeClock(0)
  clock.setTimeout(() => {
    throw new Error('in a timer')
  }, 10)
  await expect(clock.advance(20)).rejects.toThrow('in a timer')
  expect(clock.monotonic()).toBe(10)
})

test('timers that set each other without end fail instead of hanging', async () => {
  const clock = fakeClock()
  const again = () => void clock.setTimeout(again, 0)
  again()
  await expect(clock.advance(1)).rejects.toThrow('100000 timers')
})

test('a user sets the wall clock, and timers do not notice', async () => {
  const clock = fakeClock(5000)
  const ran: number[] = []
  clock.setTimeout(() => ran.push(clock.now()), 10)
  clock.setWall(0)
  expect([clock.now(), clock.monotonic()]).toEqual([0, 0])
  clock.stepWall(-100)
  expect(clock.now()).toBe(-100)
  await clock.advance(10)
  expect(ran).toEqual([-90])
})

test('a machine that sleeps loses time on the monotonic clock only', async () => {
  const clock = fakeClock(0)
  clock.setTimeout(() => {}, 10)
  clock.sleepMachine(60_000)
  await clock.advance(0)
  expect([clock.now(), clock.monotonic(), clock.pendingTimers]).toEqual([60_000, 0, 1])
  await clock.advance(10)
  expect([clock.now(), clock.monotonic(), clock.pendingTimers]).toEqual([60_010, 10, 0])
})

test('a timer over 2^31−1 ms is cut to it, as the clock of the platform does', async () => {
  const clock = fakeClock()
  clock.setTimeout(() => {}, 1e12)
  await clock.advance(2 ** 31 - 2)
  expect(clock.pendingTimers).toBe(1)
  await clock.advance(1)
  expect(clock.pendingTimers).toBe(0)
})

test.each([-1, Number.NaN, Infinity])('it cannot advance or sleep by %d', async (ms) => {
  const clock = fakeClock()
  await expect(clock.advance(ms)).rejects.toThrow(RangeError)
  expect(() => clock.sleepMachine(ms)).toThrow(RangeError)
})
