import { isSameRecord } from './record.js'
import type { StoredSession, TokenStore } from './store.js'

/**
 * Keeps the session in memory: it ends with the page or the process. Sessions on one `memoryStore`
 * share the tokens and the refresh.
 *
 * @example
 * ```ts
 * const session = createSession({ store: memoryStore(), refresh })
 * ```
 */
export function memoryStore(): TokenStore {
  const watchers = new Set<() => void>()
  let stored: StoredSession | undefined
  return {
    load: () => stored,
    replace(expected, next) {
      if (!isSameRecord(stored, expected)) return false
      stored = next
      for (const changed of [...watchers]) changed()
      return true
    },
    watch(changed) {
      const watcher = () => changed()
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
  }
}
