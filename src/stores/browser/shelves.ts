import { createStore, get, promisifyRequest, update, type UseStore } from 'idb-keyval'

import { have, pageStorage } from './have.js'
import { pause } from './turns.js'

/** Where texts lie, by slot; whoever reads the same shelf shares them. */
export interface Shelf {
  /** Whether other tabs read it too. */
  readonly isShared: boolean
  /** How much later than a write they may see it (milliseconds). */
  readonly lagMs: number
  read(slot: string): Promise<string | undefined>
  /** Puts what `next` makes of what is there: in one step, where other tabs see writes at once. */
  update(slot: string, next: (old: string | undefined) => string | undefined): Promise<unknown>
  /** Empties a slot, also while the page goes away. */
  drop(slot: string): void | Promise<unknown>
}

/** Tells what is missing here, and what that means. */
export type Lose = (missing: string, message: string) => void

/** What a database throws that is forbidden, or another's. All else may pass. */
const lasting = /^(?:Security|InvalidState|NotFound)Error$/

/** How often a database is tried that may yet answer, and the first pause, doubling (milliseconds). */
const opening = { tries: 4, pauseMs: 100 }

/**
 * The best of what this place has.
 *
 * @throws what a database throws that is there and fails: another shelf would split the tabs
 */
export async function findShelf(slot: string, lose: Lose): Promise<Shelf> {
  const database = inDatabase()
  for (let tries = 1; have(() => indexedDB); tries++) {
    try {
      await database.read(slot)
      await takeOver(database, slot)
      return database
    } catch (error) {
      if (lasting.test((error as Error).name)) break
      if (tries === opening.tries) throw error
      await pause(opening.pauseMs * 2 ** (tries - 1))
    }
  }
  if (!have(() => document)) {
    lose('indexed-db', 'kept in memory')
    return inMemory()
  }
  lose('indexed-db', 'in localStorage one refresh across tabs is likely, not certain')
  try {
    return inLocalStorage()
  } catch {
    lose('local-storage', 'kept in memory')
    return inMemory()
  }
}

/** A record from when there was no database is the session's, unless the database knows better. */
async function takeOver(database: Shelf, slot: string): Promise<void> {
  const key = localStorageKey(slot)
  const storage = pageStorage()
  const text = have(() => storage?.getItem(key))
  if (!text) return
  await database.update(slot, (old) => old ?? text)
  storage?.removeItem(key)
}

/** One for all stores of a page, and no more than that: a store is made anew more often than a page. */
let connection: UseStore | undefined

/** Reads are current in every tab, and an update is one transaction. */
function inDatabase(): Shelf {
  /** Engines lose connections, after a sleep for one; a new one often does. */
  const twice = async <T>(work: (database: UseStore) => Promise<T>): Promise<T> => {
    try {
      return await work((connection ??= connect()))
    } catch {
      return work((connection = connect()))
    }
  }
  return {
    isShared: true,
    lagMs: 0,
    read: (slot) => twice(async (database) => textOf(await get(slot, database))),
    update: (slot, next) => twice((database) => update(slot, (old) => next(textOf(old)), database)),
    drop: (slot) =>
      twice((database) =>
        database('readwrite', (slots) => {
          slots.delete(slot)
          const done = promisifyRequest(slots.transaction)
          // Nobody may be there any more to end it.
          slots.transaction.commit?.()
          return done
        }),
      ),
  }
}

/** A stranger may have put anything there. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

function connect(): UseStore {
  const database = createStore('unexpired', 'sessions')
  return (mode, work) =>
    database(mode, (slots) => {
      const { db } = slots.transaction
      // Whoever deletes it is not kept waiting, nor are the tabs that open it afterwards.
      db.onversionchange = () => db.close()
      return work(slots)
    })
}

/** @throws where it cannot be used */
function inLocalStorage(): Shelf {
  const storage = localStorage
  const read = (at: string) => storage.getItem(localStorageKey(at)) ?? undefined
  const put = (at: string, text: string | undefined): void => {
    if (text === undefined) storage.removeItem(localStorageKey(at))
    else storage.setItem(localStorageKey(at), text)
  }
  put('probe', '')
  put('probe', undefined)
  return {
    isShared: true,
    // Up to 8 ms were measured.
    lagMs: 50,
    read: async (at) => read(at),
    update: async (at, next) => put(at, next(read(at))),
    drop: (at) => put(at, undefined),
  }
}

export const localStorageKey = (slot: string): string => `unexpired/${slot}`

function inMemory(): Shelf {
  const texts = new Map<string, string | undefined>()
  return {
    isShared: false,
    lagMs: 0,
    read: async (slot) => texts.get(slot),
    update: async (slot, next) => texts.set(slot, next(texts.get(slot))),
    drop: (slot) => void texts.delete(slot),
  }
}
