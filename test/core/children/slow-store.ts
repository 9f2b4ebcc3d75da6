import { memoryStore } from 'unexpired'
import type { TokenStore } from 'unexpired'

/** A store that writes slowly, once it is told how slowly, and keeps no process alive by it. */
export function slowStore(): { store: TokenStore; slowDown(toMs: number): void } {
  const inner = memoryStore()
  let waitMs = 0
  return {
    store: {
      ...inner,
      async replace(expected, next) {
        await new Promise<void>((done) => void setTimeout(done, waitMs).unref())
        return inner.replace(expected, next)
      },
    },
    slowDown(toMs) {
      waitMs = toMs
    },
  }
}
