const everyMs = 20

/** Later than this, a timer shows that the process has no time to begin anything new (milliseconds). */
const busyMs = 60

/** Standing still for so long may have made a deadline pass that nobody missed (milliseconds). */
const stillMs = 300

/** Watches how long this process stands still, as on a machine that others need, too. */
export function watchStandstills() {
  const stills: { readonly until: number; readonly ms: number }[] = []
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    if (now - last > stillMs) stills.push({ until: now, ms: now - last })
    last = now
  }, everyMs)
  return {
    hasStoodStillSince: (at: number): boolean => stills.some(({ until }) => until > at),
    close: () => clearInterval(timer),
  }
}

/** So often what is in doubt is done again. */
const mostDoubts = 3

/**
 * Does `work` again where its findings are in doubt: this process has stood still meanwhile, and deadlines
 * have passed that nobody missed.
 */
export async function withoutDoubt<T>(
  standstills: ReturnType<typeof watchStandstills>,
  work: () => Promise<T>,
  isWrong: (result: T) => boolean,
): Promise<T> {
  for (let time = 0; ; time += 1) {
    const startedAt = performance.now()
    const result = await work()
    const isInDoubt = isWrong(result) && standstills.hasStoodStillSince(startedAt)
    if (!isInDoubt || time === mostDoubts) return result
    await calm()
  }
}

const lateness = (): Promise<number> => {
  const startedAt = performance.now()
  return new Promise((resolve) =>
    setTimeout(() => resolve(performance.now() - startedAt - everyMs / 4), everyMs / 4),
  )
}

/** Waits until the process has time for what it does; on a machine that never has, for a while. */
async function calm(): Promise<void> {
  let calmLooks = 0
  for (let look = 0; look < 200 && calmLooks < 20; look += 1) {
    if ((await lateness()) < busyMs) calmLooks += 1
  }
}

/**
 * Runs all of it, at most so many at one time, and fewer where the process is busy; the results are in the
 * order of the work.
 */
export async function inGroups<T>(work: readonly (() => Promise<T>)[], most: number): Promise<T[]> {
  const results: T[] = []
  const running = new Set<Promise<void>>()
  for (const [index, each] of work.entries()) {
    if (running.size >= most) await Promise.race(running)
    while (running.size && (await lateness()) > busyMs) await Promise.race([...running, lateness()])
    const run = (async () => {
      results[index] = await each()
    })()
    const done = run.finally(() => running.delete(done))
    running.add(done)
  }
  await Promise.all(running)
  return results
}
