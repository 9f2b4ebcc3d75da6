import { performance } from 'node:perf_hooks'
import { clearTimeout, setTimeout } from 'node:timers'

// Taken when the module is loaded: fake timers that a test installs later do not reach the server.
const startTimer = setTimeout
const stopTimer = clearTimeout
const elapsed = performance.now.bind(performance)
const { timeOrigin } = performance

/** Milliseconds since the Unix epoch. It never goes back, whatever is done to the wall clock. */
export const realNow = (): number => timeOrigin + elapsed()

/** Waits that end with their server. */
export interface Pauses {
  /** Resolves `ms` later, or never once `end` was called. Without `ms` it takes no turn of its own. */
  readonly pause: (ms: number) => Promise<void>
  /** Drops every wait, and every timer with it. */
  end(): void
}

export function createPauses(): Pauses {
  const timers = new Set<ReturnType<typeof startTimer>>()
  return {
    async pause(ms) {
      if (ms <= 0) return
      await new Promise<void>((resolve) => {
        const timer = startTimer(() => {
          timers.delete(timer)
          resolve()
        }, ms)
        timers.add(timer)
      })
    },
    end() {
      for (const timer of timers) stopTimer(timer)
      timers.clear()
    },
  }
}
