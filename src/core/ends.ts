import type { SessionEndReason } from './errors.js'

interface End {
  readonly reason: SessionEndReason
  readonly cause: unknown
}

/** Who asks for one that ended longer ago is told that another replaced it. */
const remembered = 50

/** How the last sessions ended here; none ends twice. */
export function createEnds() {
  const ends = new Map<string, End>()
  return {
    of: (sessionId: string): End | undefined => ends.get(sessionId),
    /** False where it had ended already. */
    add(sessionId: string, end: End): boolean {
      const isNew = !ends.has(sessionId)
      ends.set(sessionId, end)
      const [oldest] = ends.keys()
      if (ends.size > remembered && oldest !== undefined) ends.delete(oldest)
      return isNew
    },
  }
}
