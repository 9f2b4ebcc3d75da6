import { SessionError } from '../core/errors.js'
import { isSameRecord, parseRecord } from '../core/record.js'
import type { Awaitable, StoredSession, TokenStore } from '../core/store.js'

/** localStorage, sessionStorage, AsyncStorage, and what else has these three. */
export interface KeyValueStorage {
  getItem(key: string): Awaitable<string | null | undefined>
  setItem(key: string, value: string): Awaitable<unknown>
  removeItem(key: string): Awaitable<unknown>
}

/** What a page is told when another tab changes a storage of its origin. */
interface ChangeElsewhere {
  readonly storageArea?: unknown
  readonly key?: string | null
}

interface EventSource {
  addEventListener?(type: 'storage', listener: (event: ChangeElsewhere) => void): void
  removeEventListener?(type: 'storage', listener: (event: ChangeElsewhere) => void): void
}

/** The stores of one storage object, by key: whoever asks twice shares one, and with it the refresh. */
const known = new WeakMap<KeyValueStorage, Map<string, WeakRef<TokenStore>>>()

/**
 * Keeps the session as one JSON record under `key`. All sessions of one page or process on the same
 * storage and key share the tokens and the refresh.
 *
 * Other tabs hear of changes in localStorage a little later. Not promised: one refresh *across tabs*.
 * No browser, and no lock, makes what one tab wrote there current in another in time, so that two may
 * spend one refresh token, or write over each other. `browserStore(key)` of `unexpired/browser` promises
 * it, and with `{ mirror: () => localStorage }` keeps a copy there for code that reads it.
 *
 * Where there is no storage (`undefined`, as in server-side rendering, or a function that throws, as
 * where cookies are blocked) the session is kept in memory.
 *
 * @param storage - the storage, sync or async, or a function that gives it
 * @param key - one for each session that is kept there
 * @throws SessionError `invalid-option`
 * @example
 * ```ts
 * const session = createSession({ store: keyValueStore(() => localStorage, 'auth'), refresh })
 * ```
 */
export function keyValueStore(
  storage: KeyValueStorage | (() => KeyValueStorage) | null | undefined,
  key: string,
): TokenStore {
  const place = reach(storage)
  if (typeof key !== 'string' || !key) wrong('key: expected a text that is not empty', key)
  if (place && (typeof place.getItem !== 'function' || typeof place.setItem !== 'function')) {
    wrong('storage: expected getItem, setItem and removeItem', place)
  }
  if (!place) return createStore(inMemory(), key)
  // Where an engine has no weak references, each call makes a store of its own.
  if (typeof WeakRef === 'undefined') return createStore(place, key)
  const stores = known.get(place) ?? new Map<string, WeakRef<TokenStore>>()
  known.set(place, stores)
  const shared = stores.get(key)?.deref()
  if (shared) return shared
  const store = createStore(place, key)
  stores.set(key, new WeakRef(store))
  for (const [other, reference] of stores) {
    // Looks at a few of the oldest each time, so that a server with many keys keeps no dead ones.
    if (reference.deref()) break
    stores.delete(other)
  }
  return store
}

function wrong(what: string, got: unknown): never {
  throw new SessionError('invalid-option', `keyValueStore: ${what}, got ${typeof got}`)
}

/** As long as a session waits for its store (milliseconds). */
const patienceMs = 5_000

function reach(
  storage: KeyValueStorage | (() => KeyValueStorage) | null | undefined,
): KeyValueStorage | undefined {
  try {
    return (typeof storage === 'function' ? storage() : storage) ?? undefined
  } catch {
    // Blocked or missing here: the same as none (G34).
    return undefined
  }
}

function createStore(storage: KeyValueStorage, key: string): TokenStore {
  const watchers = new Set<() => void>()
  /** Reads and writes of one key, one after the other: an async storage has no compare-and-swap. */
  let last: Awaitable<unknown>

  function write(next: StoredSession | undefined): Awaitable<true> {
    const written = next ? storage.setItem(key, JSON.stringify(next)) : storage.removeItem(key)
    return then(written, () => {
      for (const changed of [...watchers]) changed()
      return true
    })
  }

  const load = (): Awaitable<StoredSession | undefined> => then(storage.getItem(key), parseRecord)

  return {
    load,
    replace(expected, next) {
      const swap = (): Awaitable<boolean> =>
        then(load(), (stored) => (isSameRecord(stored, expected) ? write(next) : false))
      const swapped = isPending(last) ? Promise.race([last, patience()]).then(swap, swap) : swap()
      last = swapped
      // Sync storages never wait; a failure is the caller's to see, and nobody's to trip over here.
      if (isPending(swapped))
        swapped.then(
          () => undefined,
          () => undefined,
        )
      return swapped
    },
    watch(changed) {
      const watcher = () => changed()
      // Other tabs, where this is the localStorage of a page.
      const heard = ({ storageArea, key: name }: ChangeElsewhere): void => {
        if (storageArea === storage && (name === key || name === null)) changed()
      }
      const scope = globalThis as EventSource
      scope.addEventListener?.('storage', heard)
      watchers.add(watcher)
      return () => {
        scope.removeEventListener?.('storage', heard)
        watchers.delete(watcher)
      }
    },
  }
}

/** A storage that once did not answer is not waited for ever: what is read next decides. */
const patience = (): Promise<void> =>
  new Promise((resolve) => {
    const timer: unknown = setTimeout(resolve, patienceMs)
    ;(timer as { unref?(): void }).unref?.()
  })

const isPending = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'

/** Goes on at once where the storage is sync. */
function then<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPending(value) ? value.then(next) : next(value)
}

function inMemory(): KeyValueStorage {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key),
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  }
}
