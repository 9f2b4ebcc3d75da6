import { resolve } from 'node:path'

import { RefreshUnavailableError, SessionError } from '../../core/errors.js'
import { isSameRecord, parseRecord } from '../../core/record.js'
import type { TokenStore } from '../../core/store.js'
import { findLock, type InLock, type Matter, type Patience } from './locks.js'
import { makePlace, readText, removeText, writeText } from './record-file.js'
import { createWatching } from './watching.js'

/** How long another's compare-and-swap is waited for: a session gives up after 5 s (milliseconds). */
const swapWaitMs = 4_000

/** A read of a file that takes longer has failed, as where all threads are busy (milliseconds). */
const readWaitMs = 4_500

async function inTime<T>(reading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => reject(new Error(`it was not read within ${readWaitMs} ms`))
    timer = setTimeout(giveUp, readWaitMs).unref()
  })
  try {
    return await Promise.race([reading, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Keeps the session in a file: all processes of one machine that name the same path share it, and with
 * it the refresh. The file is its owner's alone (mode 0600), and is replaced whole.
 *
 * In Node, with the package fs-native-extensions, processes take turns by a lock of the kernel: that of
 * a process that was killed is free at once, and one that is stopped keeps its own. With proper-lockfile
 * in its place, the turn of one that was killed is free after 10 s, and one that is stopped for longer
 * loses it. With neither, only sessions in one process take turns. Each is told by the event
 * `store-degraded` (`kernel-lock`, `lock-file`; `file-events` where changes of others are looked for
 * each 5 s).
 *
 * Not for network file systems: their locks, and what others see of a write, are not those of one machine.
 *
 * @param path - of the file. Its directory is made, mode 0700, where it is missing. Beside it lie
 * `<path>.lock` and `<path>.swap.lock`, which are empty and never removed.
 * @throws SessionError `invalid-option`
 * @example
 * ```ts
 * const path = join(homedir(), '.config', 'my-tool', 'session.json')
 * const session = createSession({ store: fileStore(path), refresh })
 * ```
 */
export function fileStore(path: string): Required<TokenStore> {
  if (typeof path !== 'string' || !path) {
    const got = path === '' ? 'an empty one' : typeof path
    throw new SessionError(
      'invalid-option',
      `fileStore: path: expected a text that is not empty, got ${got}`,
    )
  }
  // Wherever the process goes meanwhile.
  const file = resolve(path)
  const watching = createWatching(file)
  let lock: Promise<InLock> | undefined

  const inLock = async <T>(
    matter: Matter,
    patience: Patience,
    work: (place: string) => Promise<T>,
  ): Promise<T> => {
    const place = await makePlace(file)
    lock ??= findLock(place, watching.lose).catch((error: unknown) => {
      // It may pass: who asks next tries again.
      lock = undefined
      throw error
    })
    return (await lock)(place, matter, patience, () => work(place))
  }

  return {
    async load() {
      try {
        const text = await inTime(readText(file))
        watching.seen(text)
        return parseRecord(text)
      } catch (error) {
        // Nobody is taken for signed out because a file cannot be read.
        throw new RefreshUnavailableError('network', 0, (error as Error).message, error)
      }
    },

    replace: (expected, next) =>
      inLock('swap', { waitMs: swapWaitMs }, async (place) => {
        if (!isSameRecord(parseRecord(await readText(place)), expected)) return false
        const text = next && JSON.stringify(next)
        await watching.change(text, () => (text ? writeText(place, text) : removeText(place)))
        return true
      }),

    exclusive: (work, patience) => inLock('turn', patience, work),

    watch: watching.watch,
  }
}
