import {
  keyValueStore,
  memoryStore,
  type KeyValueStorage,
  type StoredSession,
  type TokenStore,
} from 'unexpired'
import type { ModelClock } from './model-clock.js'
import type { Scenario, StoreFate } from './scenario.js'
import type { Trace } from './trace.js'
import { createTurns } from './scheduled-turns.js'

/** The stores of one run, over one place where the record is kept. */
export interface StoreKit {
  storeFor(session: string): TokenStore
  /** What is kept, by whatever spelling. */
  kept(): StoredSession | undefined
  /** Keeps a record from before the run. */
  put(record: StoredSession): void
  /** Somebody clears the storage. */
  lose(): void
  /** A call has failed, hung, lied or been slow by now: siblings may not know of one another. */
  readonly troubled: boolean
  /** It may never be written to again. */
  readonly isGone: boolean
}

interface StoreParts {
  readonly scenario: Pick<Scenario, 'store' | 'watch' | 'storeFates'>
  readonly clock: ModelClock
  readonly trace: Trace
  readonly step: (label: string) => Promise<void>
}

const never = new Promise<never>(() => undefined)

/** To a session a store has failed after 5 s, and one operation of a store may be several calls in line. */
const slowMs = 500

/** So many in a row, and the session gives up on the write for a while. */
const mostFalse = 4

export function createStoreKit({ scenario, clock, trace, step }: StoreParts): StoreKit {
  const orders = [...scenario.storeFates]
  let falses = 0
  let troubled = false
  const openCalls = new Set<{ readonly at: number }>()
  const isSlow = ({ at }: { readonly at: number }): boolean => clock.monotonic() - at >= slowMs
  let isGone = false
  let isLost = false
  const hasFailed = (): boolean => troubled || [...openCalls].some(isSlow)

  function nextFate(what: string): StoreFate {
    const fate = orders.shift() ?? 'ok'
    if (fate === 'says false') falses += 1
    if (fate !== 'ok' && (fate !== 'says false' || falses > mostFalse)) troubled = true
    if (fate !== 'ok') trace.note(`store: ${what} ${fate}`)
    // A storage without compare-and-swap is used by one caller after the other.
    if (fate.startsWith('hangs') && scenario.store === 'key-value') isGone = true
    return fate
  }

  /** Two steps, before and after `act`, and whatever goes wrong between. */
  async function call<T>(what: string, act: (fate: StoreFate) => T): Promise<T> {
    const fate = nextFate(what)
    if (fate === 'hangs before') return never
    const since = { at: clock.monotonic() }
    openCalls.add(since)
    await step(`store: ${what}`)
    if (fate === 'fails before') throw new Error('the store failed before')
    const result = act(fate)
    await step(`store: ${what} answers`)
    openCalls.delete(since)
    if (isSlow(since)) troubled = true
    if (fate === 'fails after') throw new Error('the store failed after')
    if (fate === 'hangs after') return never
    return result
  }

  const show = (record: StoredSession | undefined): string =>
    record ? `generation ${record.generation} ${record.tokens?.accessToken ?? '(signed out)'}` : '∅'

  function slow() {
    let kept: StoredSession | undefined
    const watchers = new Set<() => void>()
    const isSame = (record: StoredSession | undefined): boolean =>
      record?.sessionId === kept?.sessionId && record?.generation === kept?.generation

    function put(next: StoredSession | undefined): void {
      kept = next
      for (const changed of watchers) void step('store: tells of a change').then(changed)
    }

    const storeFor = (session: string): TokenStore => ({
      load: () =>
        call(`${session} load`, (fate) =>
          fate === 'garbage' ? ({ version: 7 } as unknown as StoredSession) : kept,
        ),
      replace: (expected, next) =>
        call(`${session} replace`, (fate) => {
          const isWritten = isSame(expected) && fate !== 'says false'
          trace.note(
            `store: ${session} ${show(expected)} → ${show(next)}: ${isWritten ? 'kept' : `no, it holds ${show(kept)}`}`,
          )
          if (isWritten) put(next)
          return isWritten
        }),
      watch(changed) {
        const watcher = (): void => changed()
        watchers.add(watcher)
        return () => void watchers.delete(watcher)
      },
    })
    return { storeFor, put, lose: () => put(undefined), kept: () => kept }
  }

  function keyValue() {
    let kept: string | null = null
    const storage: KeyValueStorage = {
      getItem: () => call('getItem', (fate) => (fate === 'garbage' ? '{"version":1,"sess' : kept)),
      setItem: (_key, value) =>
        call('setItem', () => {
          trace.note(`store: holds ${show(JSON.parse(value) as StoredSession)}`)
          kept = value
        }),
      removeItem: () =>
        call('removeItem', () => {
          kept = null
        }),
    }
    const store = keyValueStore(storage, 'auth')
    return {
      storeFor: () => store,
      put(record: StoredSession) {
        kept = JSON.stringify(record)
      },
      lose() {
        kept = null
        // Nobody is told of it, so nobody may look again.
        isGone = true
      },
      kept: () => (kept === null ? undefined : (JSON.parse(kept) as StoredSession)),
    }
  }

  function memory() {
    const store = memoryStore()
    return {
      storeFor: () => store,
      put: (record: StoredSession) => void store.replace(undefined, record),
      lose: () => void store.replace(store.load() as StoredSession | undefined, undefined),
      kept: () => store.load() as StoredSession | undefined,
    }
  }

  const kind = scenario.store
  const made = kind === 'memory' ? memory() : kind === 'key-value' ? keyValue() : slow()
  const turns = createTurns({
    clock,
    trace,
    step,
    nextFate,
    isLate() {
      troubled = true
    },
  })
  let shared: TokenStore | undefined

  function storeOf(session: string): TokenStore {
    if (kind !== 'tabs' && shared) return shared
    const store = { ...made.storeFor(session) }
    if (!scenario.watch) delete store.watch
    if (kind === 'tabs') {
      store.exclusive = (work, { waitMs }) => turns.exclusive(session, work, waitMs)
    }
    return (shared = store)
  }

  return {
    storeFor: storeOf,
    kept: made.kept,
    put: made.put,
    lose() {
      trace.note('store: the record is lost')
      isLost = true
      made.lose()
    },
    get troubled() {
      return isLost || hasFailed()
    },
    get isGone() {
      // Who was not told of a loss, or could not look, has nothing to write.
      return isGone || (isLost && (!scenario.watch || hasFailed()))
    },
  }
}
