import type { StoreName } from '../shared/settings.js'

/** How long another page is waited for, and when a person is told. Milliseconds. */
const patienceMs = 30_000
const quietMs = 300

/**
 * Pages that share no session take turns: all play at the same two servers, and what those count and
 * what goes wrong there is to be of one run. Whoever shares one session plays together.
 */
export async function alone(
  store: StoreName,
  signal: AbortSignal,
  waiting: () => void,
  work: () => Promise<unknown>,
): Promise<void> {
  // Only there where the page is trusted, which 127.0.0.1 is.
  const locks = navigator.locks as LockManager | undefined
  if (!locks) return void (await work())
  const waits = new AbortController()
  const giveUp = (): void => waits.abort()
  const timers = [setTimeout(waiting, quietMs), setTimeout(giveUp, patienceMs)]
  signal.addEventListener('abort', giveUp)
  const mode = store === 'tabs' ? 'shared' : 'exclusive'
  let isIn = false
  const enter = (): void => {
    isIn = true
    timers.forEach((timer) => clearTimeout(timer))
  }
  try {
    await locks.request('unexpired-playground', { mode, signal: waits.signal }, async () => {
      enter()
      await work()
    })
  } catch (error) {
    if (isIn || signal.aborted) throw error
    // Nobody waits for ever: if both play, the page says so.
    await work()
  } finally {
    enter()
    signal.removeEventListener('abort', giveUp)
  }
}
