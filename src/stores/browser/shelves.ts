import { createStore, get, update, type UseStore } from 'idb-keyval'

/** Where texts lie, by slot; whoever reads the same shelf shares them. */
export interface Shelf {
  /** Whether other tabs read it too. */
  readonly isShared: boolean
  /** How much later than a write they may see it (milliseconds). */
  readonly lagMs: number
  read(slot: string): Promise<string | undefined>
  /** Puts what `next` makes of what is there: in one step, where other tabs see writes at once. */
  update(
    slot: string,
    next: (old: string | undefined) => string | undefined,
  ): void | Promise<unknown>
  /** Empties a slot, also while the page goes away. */
  drop(slot: string): void | Promise<unknown>
}

/** Tells what is missing here, and what that means. */
export type Lose = (missing: string, message: string) => void

/** The best of what this place has. */
export async function findShelf(slot: string, lose: Lose): Promise<Shelf> {
  const database = inDatabase()
  try {
    await database.read(slot)
    return database
  } catch {
    lose(
      'indexed-db',
      'through localStorage, if at all, one refresh across tabs is likely, not certain',
    )
  }
  try {
    return inLocalStorage(slot)
  } catch {
    lose('local-storage', 'kept in memory, by this page alone')
    return inMemory()
  }
}

/** Reads are current in every tab, and an update is one transaction. */
function inDatabase(): Shelf {
  let database = connect()
  /** Engines lose connections, after a sleep for one; a new one often does. */
  const twice = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch {
      database = connect()
      return work()
    }
  }
  return {
    isShared: true,
    lagMs: 0,
    read: (slot) => twice(async () => textOf(await get(slot, database))),
    update: (slot, next) => twice(() => update(slot, (old) => next(textOf(old)), database)),
    drop: (slot) =>
      database('readwrite', (slots) => {
        slots.delete(slot)
        // Nobody may be there any more to end it.
        slots.transaction.commit?.()
      }),
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

/** @throws where there is none, or none that can be used */
function inLocalStorage(slot: string): Shelf {
  // Only that of a page: a server's would be shared by all whom it serves.
  if (!('document' in globalThis)) throw new Error('no page')
  const storage = localStorage
  const read = (at: string) => storage.getItem(localStorageKey(at)) ?? undefined
  const put = (at: string, text: string | undefined): void => {
    if (text === undefined) storage.removeItem(localStorageKey(at))
    else storage.setItem(localStorageKey(at), text)
  }
  put(slot, read(slot))
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
