import type { Clock } from '../core/clock.js'

/** A clock that stands still until it is told to move. */
export interface FakeClock extends Clock {
  /**
   * Moves both clocks forward by `ms` milliseconds. Timers that fall due run on the way, each at its
   * time, and promises settle before the first, between any two and after the last.
   * `await clock.advance(0)` only lets promises settle.
   *
   * @throws what a timer throws; the clock then stands at that timer
   */
  advance(ms: number): Promise<void>
  /** Sets the wall clock to `ms` milliseconds since the Unix epoch, as a user would. Nothing else moves. */
  setWall(ms: number): void
  /** Moves the wall clock by `deltaMs` milliseconds, back if negative, as a time server would. Nothing else moves. */
  stepWall(deltaMs: number): void
  /** Lets the machine sleep for `ms` milliseconds: the wall clock goes on, the monotonic clock and timers stand still. */
  sleepMachine(ms: number): void
  /** How many timers wait. */
  readonly pendingTimers: number
}

interface Timer {
  readonly due: number
  readonly run: () => void
}

/** Longer ones are cut to this, as the clock of the platform does. Milliseconds. */
const longestTimer = 2 ** 31 - 1

/** Far more than a test needs, and soon reached by timers that set each other without end. */
const mostTimers = 100_000

/** How many promises in a row may wait for each other and still settle within one step. */
const settleRounds = 50

async function settle(): Promise<void> {
  for (let round = 0; round < settleRounds; round += 1) await Promise.resolve()
}

function duration(name: string, ms: number): number {
  if (!Number.isFinite(ms) || ms < 0) {
    throw new RangeError(`[unexpired] [fake clock] ${name} takes a finite number, 0 or more`)
  }
  return ms
}

/**
 * Makes a clock for tests, to be given to `createSession` as `clock`.
 *
 * @param start - What the wall clock says first: milliseconds since the Unix epoch, by default the
 *   start of 2026. The monotonic clock starts at 0.
 * @example
 * ```ts
 * const clock = fakeClock()
 * const session = createSession({ clock, refresh })
 * await session.signIn({ accessToken: 'a', expiresIn: 60 })
 * await clock.advance(61_000)
 * ```
 */
export function fakeClock(start: number = Date.UTC(2026, 0)): FakeClock {
  let wall = start
  let steady = 0
  const timers = new Set<Timer>()

  /** Of two that are due together, the one that was set first. */
  function nextBy(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.due <= end && (!next || timer.due < next.due)) next = timer
    }
    return next
  }

  function moveTo(time: number): void {
    if (time <= steady) return
    wall += time - steady
    steady = time
  }

  return {
    now: () => wall,
    monotonic: () => steady,
    setTimeout(run, ms) {
      const timer = { due: steady + Math.max(0, Math.min(ms || 0, longestTimer)), run }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    },
    async advance(ms) {
      const end = steady + duration('advance', ms)
      await settle()
      let ran = 0
      for (let timer = nextBy(end); timer; timer = nextBy(end)) {
        if ((ran += 1) > mostTimers) {
          throw new Error(`[unexpired] [fake clock] over ${mostTimers} timers in one advance`)
        }
        timers.delete(timer)
        moveTo(timer.due)
        timer.run()
        await settle()
      }
      moveTo(end)
      await settle()
    },
    setWall(ms) {
      wall = ms
    },
    stepWall(deltaMs) {
      wall += deltaMs
    },
    sleepMachine(ms) {
      wall += duration('sleepMachine', ms)
    },
    get pendingTimers() {
      return timers.size
    },
  }
}
