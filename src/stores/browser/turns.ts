import type { Shelf } from './shelves.js'

type Work<T> = () => Promise<T>

/** Between two looks at a lease that somebody else has, with jitter (milliseconds). */
const lookAgainMs = 50

/** One that ends so much later than ours would was made before the clock was set back (milliseconds). */
const clockStepMs = 300_000

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** How often a lock is asked for that is denied. */
const mostRequests = 3

/** Between two looks at who has a lock that somebody else has (milliseconds). */
const nudgeMs = 500

/** The Web Lock of this name. Its holder's end frees it, a crash too. */
export async function inLock<T>(
  locks: LockManager,
  name: string,
  waitMs: number,
  work: Work<T>,
): Promise<T> {
  const controller = new AbortController()
  const { signal } = controller
  const timer = setTimeout(() => controller.abort(), waitMs)
  // Only when its locks are asked after does Chromium end a page that took one to the back/forward cache.
  const nudge = setInterval(() => void locks.query().catch(() => undefined), nudgeMs)
  const stopWaiting = (): void => {
    clearTimeout(timer)
    clearInterval(nudge)
  }
  let isGranted = false
  const granted = (): Promise<T> => {
    isGranted = true
    stopWaiting()
    return work()
  }
  for (let requests = 1; ; requests++) {
    try {
      return await locks.request(name, { signal }, granted)
    } catch (error) {
      // One that waits may be dropped while its page is in the back/forward cache: it is asked again.
      if (isGranted || signal.aborted || requests === mostRequests) {
        stopWaiting()
        throw error
      }
      await pause(lookAgainMs)
    }
  }
}

/**
 * A lease: who has the turn and until when. It ends no sooner than whoever waits gives up, so none is
 * taken from work that still runs.
 */
export async function inLease<T>(
  shelf: Shelf,
  slot: string,
  waitMs: number,
  work: Work<T>,
): Promise<T> {
  const owner = Math.random().toString(36)
  let end: number | undefined
  for (let leftMs = waitMs; !(end = await take(shelf, slot, owner, waitMs));) {
    const ms = lookAgainMs * (1 + Math.random())
    if ((leftMs -= ms) < 0) throw new Error(`no turn within ${waitMs} ms`)
    await pause(ms)
  }
  // Once, and nobody else has had it before its end.
  const giveBack = async (): Promise<void> => {
    const until = end
    end = 0
    if (Date.now() < Number(until)) await shelf.drop(slot)
  }
  // A page that goes for good gives its turn back, as it would a lock. One that may come back, out of
  // the back/forward cache, would go on with its work beside whoever took it.
  const leave = ({ persisted }: Event & { readonly persisted?: boolean }): void => {
    if (!persisted) giveBack().catch(() => undefined)
  }
  const scope: Partial<EventTarget> = globalThis
  scope.addEventListener?.('pagehide', leave)
  try {
    return await work()
  } finally {
    scope.removeEventListener?.('pagehide', leave)
    await giveBack()
  }
}

/** Takes it, where nobody has it; tells until when. */
async function take(
  shelf: Shelf,
  slot: string,
  owner: string,
  lengthMs: number,
): Promise<number | undefined> {
  let end: number | undefined
  await shelf.update(slot, (old) => {
    const now = Date.now()
    const leftMs = Number(old?.split(' ')[1]) - now
    // It may be ours already, although we were told that it failed.
    const isTaken = leftMs > 0 && leftMs < lengthMs + clockStepMs && !old?.startsWith(owner)
    end = isTaken ? undefined : now + lengthMs
    return end ? `${owner} ${end}` : old
  })
  if (!end || !shelf.lagMs) return end
  // Where writes are seen late, two may have taken it at once: the later one has it.
  await pause(shelf.lagMs)
  return (await shelf.read(slot))?.startsWith(owner) ? end : undefined
}
