import type { Clock } from './clock.js'
import { createDeadRecords } from './dead-records.js'
import { createDoubts } from './doubts.js'
import type { StoredSession } from './store.js'

/** What responses, and the app, said of access tokens: they overrule the clock. */
export function createVerdicts(clock: Clock) {
  const dead = createDeadRecords()
  const doubts = createDoubts()
  /** The tokens in force were found expired. */
  let isDead = false

  /** The tokens in force are expired, whatever the clock says. */
  function condemn(current: StoredSession): void {
    isDead = true
    dead.add(current)
  }

  return {
    condemn,
    isDead: (): boolean => isDead,
    /** Other tokens are in force. */
    take(current: StoredSession | undefined): void {
      isDead = current?.tokens !== undefined && dead.has(current)
    },
    /** An attempt with the tokens in force was turned away; false when its answer is to be taken as it is. */
    turnedAway(current: StoredSession, attempt: 1 | 2): boolean {
      const now = clock.monotonic()
      if (attempt === 2) doubts.begin(current, now)
      else if (doubts.isDoubted(current, now)) return false
      else condemn(current)
      return true
    },
    /** A replay with the tokens in force was taken. */
    accepted: doubts.end,
  }
}
