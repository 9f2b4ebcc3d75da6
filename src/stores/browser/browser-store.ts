import { SessionError } from '../../core/errors.js'
import { isSameRecord, parseRecord } from '../../core/record.js'
import type { StoredSession, TokenStore } from '../../core/store.js'
import { have } from './have.js'
import { findShelf, localStorageKey, type Shelf } from './shelves.js'
import { inLease, inLock, pause } from './turns.js'
import { createWaker } from './waker.js'

/** What a mirror is written to, localStorage for one. */
export interface MirrorStorage {
  setItem(key: string, value: string): unknown
  removeItem(key: string): unknown
}

/** Options of {@link browserStore}. */
export interface BrowserStoreOptions {
  /**
   * Keeps a copy of the record there, as JSON under `key`, for older code that reads it; removed at
   * sign-out. What is in it is never read. Give a function where it may be missing, as on a server:
   * `() => localStorage`.
   */
  readonly mirror?: MirrorStorage | (() => MirrorStorage) | undefined
}

/** Pages of plain http have none, and servers no navigator. */
const lockManager = (): LockManager | undefined =>
  have(() => navigator.locks as LockManager | undefined)

/**
 * Keeps the session in the browser: all tabs, windows and workers of one origin share it, and with it
 * the refresh. The record is in IndexedDB, tabs take turns by a Web Lock, and a BroadcastChannel, which
 * carries a number and never a token, wakes the others.
 *
 * It needs the package idb-keyval. What a browser does not have is made up for as well as can be, and
 * told by the event `store-degraded`. On a server the session is kept in memory.
 *
 * @param key - one for each session that is kept in this origin
 * @throws SessionError `invalid-option`
 * @example
 * ```ts
 * const session = createSession({ store: browserStore('auth'), refresh })
 * ```
 */
export function browserStore(key: string, options?: BrowserStoreOptions): Required<TokenStore> {
  const mirror = options?.mirror
  if (typeof key !== 'string' || !key) wrong('key: expected a text that is not empty', key)
  if (mirror && typeof mirror !== 'function' && !('setItem' in Object(mirror))) {
    wrong('mirror: expected a storage, or a function that gives one', mirror)
  }
  // Each format has a slot of its own: pages of two versions never overwrite one another's records.
  const slot = `v1/${key}`
  const name = `unexpired/${key}`
  const waker = createWaker(name, localStorageKey(slot))
  const { lose } = waker
  let finding: Promise<Shelf> | undefined
  let found: Shelf | undefined
  let isLate = false
  const shelf = (): Promise<Shelf> =>
    isLate ? Promise.reject(new Error('IndexedDB does not answer')) : (finding ??= find())
  let mirrored: string | undefined

  async function find(): Promise<Shelf> {
    // A session waits for 5 s each time; one wait is enough.
    const timer = setTimeout(() => (isLate = true), 4_000)
    let wasLate = false
    try {
      found = await findShelf(slot, lose)
    } catch (error) {
      // It may pass: who asks next tries again.
      finding = undefined
      throw error
    } finally {
      clearTimeout(timer)
      wasLate = isLate
      isLate = false
    }
    if (wasLate) waker.lookAgain()
    if (found.isShared && !lockManager()) lose('web-locks', 'tabs take turns by a lease')
    return found
  }

  async function reflect(record: StoredSession | undefined): Promise<void> {
    // What is kept by this page alone, or on a server, is nobody else's to read. Where there is no
    // record yet, what is there may be another store's.
    if (!mirror || !found?.isShared || !record) return
    const text = record.tokens ? JSON.stringify(record) : ''
    if (text === mirrored) return
    mirrored = text
    try {
      const storage = typeof mirror === 'function' ? mirror() : mirror
      await (text ? storage.setItem(key, text) : storage.removeItem(key))
    } catch {
      lose('mirror', 'it could not be written')
    }
  }

  return {
    async load() {
      const record = parseRecord(await (await shelf()).read(slot))
      void reflect(record)
      return record
    },

    async replace(expected, next) {
      const text = next && JSON.stringify(next)
      let isReplaced = false
      await (
        await shelf()
      ).update(slot, (old) => {
        isReplaced = isSameRecord(parseRecord(old), expected)
        return isReplaced ? text : old
      })
      if (isReplaced) {
        void reflect(next)
        waker.wake(next?.generation)
      }
      return isReplaced
    },

    async exclusive(work, { waitMs }) {
      // A database that does not answer is not waited for: the turn is a matter of its own.
      if (!have(() => indexedDB)) await shelf()
      const locks = found?.isShared === false ? undefined : lockManager()
      if (!locks) return inLease(await shelf(), `turn/${key}`, waitMs, work)
      return inLock(locks, name, waitMs, async () => {
        // What the last holder wrote is on its way here.
        if (found?.lagMs) await pause(found.lagMs)
        return work()
      })
    },

    watch: waker.watch,
  }
}

function wrong(what: string, got: unknown): never {
  throw new SessionError('invalid-option', `browserStore: ${what}, got ${typeof got}`)
}
