import type { Stats } from 'node:fs'
import { open, rmdir, stat, type FileHandle } from 'node:fs/promises'
import { setTimeout as pauseFor } from 'node:timers/promises'

import type { lock as LockFile } from 'proper-lockfile'

import type { TokenStore } from '../../core/store.js'
import { identityOf } from './identity.js'

/** What a lock is for: a whole refresh, or one compare-and-swap. */
export type Matter = 'turn' | 'swap'

/** How long a lock is waited for. */
export type Patience = Parameters<Required<TokenStore>['exclusive']>[1]

/** Runs `work` while nobody else has the lock of this file and matter; rejects when it did not come in time. */
export type InLock = <T>(
  file: string,
  matter: Matter,
  patience: Patience,
  work: () => Promise<T>,
) => Promise<T>

/** Tells what is missing here, and what that means. */
export type Lose = (missing: string, message: string) => void

/** Between two tries, and as much again at random (milliseconds). */
const againMs = 10

/**
 * The best lock that is installed, and that the file system of this file has.
 *
 * @throws where nothing can be written beside the file
 */
export async function findLock(file: string, lose: Lose): Promise<InLock> {
  const handle = await openLock(file, 'swap')
  try {
    if (isNode()) {
      const { tryLock } = await import('fs-native-extensions')
      tryLock(handle.fd)
      return kernelLock(tryLock)
    }
    lose('kernel-lock', 'it can be had in Node alone')
  } catch (error) {
    const isMissing = String((error as NodeJS.ErrnoException).code).endsWith('MODULE_NOT_FOUND')
    lose('kernel-lock', isMissing ? 'install fs-native-extensions' : 'it cannot be had here')
  } finally {
    await handle.close()
  }
  try {
    const { lock } = await import('proper-lockfile')
    return lockFile(lock)
  } catch {
    lose('lock-file', 'processes do not take turns, so that two may refresh at once')
    return inLine
  }
}

/** Bun and Deno, which say that they are Node too, end without a word where that package is loaded or used. */
function isNode(): boolean {
  const { bun, deno } = process.versions as Readonly<Record<string, string | undefined>>
  return !bun && !deno
}

/** Whole files, as macOS locks no parts of them. */
const lockNames: Readonly<Record<Matter, string>> = { turn: '.lock', swap: '.swap.lock' }

/** The kernel's: its holder's end frees it, and a holder that is stopped keeps it. */
const kernelLock =
  (tryLock: (fd: number) => boolean): InLock =>
  async (file, matter, patience, work) => {
    let handle = await openLock(file, matter)
    try {
      await patiently(patience, async () => {
        if (!tryLock(handle.fd)) return false
        if (await isStillThere(file + lockNames[matter], handle)) return true
        await handle.close()
        handle = await openLock(file, matter)
        return false
      })
      return await work()
    } finally {
      // For as long as it is open, it is locked.
      await handle.close()
    }
  }

async function openLock(file: string, matter: Matter): Promise<FileHandle> {
  const handle = await open(file + lockNames[matter], 'a+', 0o600)
  // Whatever the umask left of it; where it is another user's, it is as it is.
  await handle.chmod(0o600).catch(() => undefined)
  return handle
}

/** One that was removed and made anew by others would be locked twice. */
async function isStillThere(path: string, handle: FileHandle): Promise<boolean> {
  const [mine, there] = await Promise.all([handle.stat(), found(path)])
  return mine.ino === there?.ino && mine.dev === there.dev
}

/** One whose holder did not touch it for so long is taken from it (milliseconds). */
const staleMs = 10_000

/** As long as that package would wait before it takes one itself, which two may do at once. */
const never = 2 ** 40

/** A directory, which a holder touches now and then. One that was killed leaves it behind, until it is stale. */
const lockFile =
  (lock: typeof LockFile): InLock =>
  async (file, matter, patience, work) => {
    const path = `${file}.${matter}`
    const how = { lockfilePath: path, realpath: false, stale: never, update: staleMs / 4 }
    let lose = (_error: Error): void => undefined
    const lost = new Promise<never>((_resolve, reject) => {
      lose = reject
    })
    lost.catch(() => undefined)
    const release = await patiently(patience, async () => {
      const got = await unlessLocked(lock(path, { ...how, onCompromised: (error) => lose(error) }))
      if (!got && (await isStale(path))) await clearStale(lock, path)
      return got
    })
    const mine = await identityOf(path)
    try {
      return await Promise.race([work(), lost])
    } finally {
      // Somebody else's, after this process stood still for too long, is not given back.
      if (mine === (await identityOf(path))) await release().catch(() => undefined)
    }
  }

/** One at a time: of two who find it stale, the later one would remove the lock of the first. */
async function clearStale(lock: typeof LockFile, path: string): Promise<void> {
  const clearing = `${path}.clearing`
  const how = { lockfilePath: clearing, realpath: false, stale: staleMs }
  const release = await unlessLocked(lock(clearing, { ...how, onCompromised: () => undefined }))
  if (!release) return
  try {
    if (await isStale(path)) await rmdir(path)
  } finally {
    await release().catch(() => undefined)
  }
}

async function unlessLocked<T>(locking: Promise<T>): Promise<T | undefined> {
  try {
    return await locking
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined
    throw error
  }
}

const found = (path: string): Promise<Stats | undefined> => stat(path).catch(() => undefined)

const isStale = async (path: string): Promise<boolean> =>
  ((await found(path))?.mtimeMs ?? Infinity) < Date.now() - staleMs

/** The last of each file and matter in this process. */
const lines = new Map<string, Promise<unknown>>()

/** No lock: those in this process take turns. */
const inLine: InLock = async (file, matter, { waitMs }, work) => {
  const line = `${matter} ${file}`
  const before = lines.get(line)
  let isOver = false
  const turn = (async () => {
    await before
    if (!isOver) return work()
    throw late(waitMs)
  })()
  const settled = turn.then(
    () => undefined,
    () => undefined,
  )
  lines.set(line, settled)
  void settled.then(() => lines.get(line) === settled && lines.delete(line))
  if (!before) return turn
  const isFirst = await Promise.race([before.then(() => true), pause(waitMs).then(() => false)])
  if (isFirst) return turn
  isOver = true
  throw late(waitMs)
}

const late = (waitMs: number): Error => new Error(`no turn within ${waitMs} ms`)

/** Keeps no process alive: whoever waits for a request does. */
const pause = (ms: number): Promise<void> => pauseFor(ms, undefined, { ref: false })

/** Tries until something comes of it. */
async function patiently<T>(
  { waitMs, signal }: Patience,
  attempt: () => T | Promise<T>,
): Promise<Exclude<T, false | undefined>> {
  const end = performance.now() + waitMs
  for (;;) {
    const got = await attempt()
    if (got !== false && got !== undefined) return got as Exclude<T, false | undefined>
    const ms = againMs * (1 + Math.random())
    if (performance.now() + ms > end) throw late(waitMs)
    await pause(ms)
    if (signal?.aborted) throw new Error('nobody waits for the turn any more')
  }
}
