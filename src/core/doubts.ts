import { pauseAfter } from './cool-down.js'
import type { StoredSession } from './store.js'

/** Records whose replay was turned down: their 401s are taken as they are for a while (G11). */
export function createDoubts() {
  let doubted: { readonly record: StoredSession; readonly until: number } | undefined
  let doubts = 0
  return {
    /** A replay with these tokens was turned down. */
    begin(record: StoredSession, now: number): void {
      if (doubted?.record !== record) doubted = { record, until: now + pauseAfter(++doubts) }
    },
    isDoubted: (record: StoredSession, now: number): boolean =>
      doubted?.record === record && now < doubted.until,
    /** A replay with these tokens was taken. */
    end(record: StoredSession | undefined): void {
      if (!doubted || doubted.record !== record) doubts = 0
    },
  }
}
