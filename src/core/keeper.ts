import { stayAlive, type Clock } from './clock.js'
import { isSessionError, RefreshUnavailableError } from './errors.js'
import type { StoreFailedEvent } from './events.js'
import { isThenable, within } from './promises.js'
import { isSameRecord, readRecord } from './record.js'
import { newest, type State, type StateEvent } from './state.js'
import type { StoredSession, TokenStore } from './store.js'

/** A store that does not answer by then has failed (milliseconds). */
export const storeDeadlineMs = 5_000

/** How often a write is tried against a store that keeps saying that it holds something else. */
const writeRounds = 8

/** Between two tries to write to a store that failed, doubling (milliseconds). */
const rewriteAfterMs = { first: 1_000, longest: 60_000 }

/** Between two tries to read for the first time a store that is away, doubling (milliseconds). */
const rereadAfterMs = { first: 1_000, longest: 10_000 }

interface KeeperParts {
  readonly store: TokenStore
  readonly clock: Clock
  readonly cookie: boolean
  state(): State
  apply(event: StateEvent): void
  failed(operation: StoreFailedEvent['operation'], error: unknown): void
  degraded(missing: string, message: string): void
  /** It is not known who is signed in: who waits for that is told. */
  unknown(): void
}

/**
 * Keeps the state and the store the same: reads, writes by compare-and-swap, and goes on from memory
 * when the store fails.
 */
export function createKeeper(parts: KeeperParts) {
  const { store, clock, cookie, state, apply } = parts
  /** A store may say that it is away: why, is its cause. */
  const failed: KeeperParts['failed'] = (operation, error) =>
    parts.failed(operation, (isSessionError(error) && error.cause) || error)
  let writing: Promise<void> | undefined
  let rewriteMs = rewriteAfterMs.first
  let cancelRewrite: (() => void) | undefined
  let unwatch: (() => void) | undefined
  let rereadMs = rereadAfterMs.first
  let cancelReread: (() => void) | undefined
  /** When a store is read again that could not be read, at first or when it had changed. */
  let rereadAt: number | undefined
  /** When the store was last asked, by the monotonic clock: what it holds newer came after that. */
  let seenAt = -Infinity
  let askedAt = 0
  /** One call of the store at a time, and what it says is taken before the next: no answer is stale. */
  let last: Promise<unknown> = Promise.resolve()
  /** A read that is asked for and has not begun will do for everyone who asks meanwhile. */
  let nextRead: Promise<boolean> | undefined

  /** A record of the other kind of credential is no session of this kind. */
  function fit(value: unknown): StoredSession | undefined {
    const record = readRecord(value)
    if (!record?.tokens) return record
    if (cookie) return { ...record, tokens: { ...record.tokens, accessToken: '' } }
    return record.tokens.accessToken ? record : { ...record, tokens: undefined }
  }

  function take(value: unknown): void {
    rereadAt = undefined
    rereadMs = rereadAfterMs.first
    cancelReread?.()
    apply({ type: 'read', record: fit(value), at: clock.now() })
    seenAt = askedAt
  }

  /** Calls the store when it is free, with a deadline, and takes what it says. */
  function inTurn<T>(call: () => T | PromiseLike<T>, taken: (value: T) => void): Promise<T> {
    const called = last.then(() => {
      askedAt = clock.monotonic()
      return within(clock, storeDeadlineMs, call)
    })
    const done = called.then((value) => {
      taken(value)
      return value
    })
    last = done.catch(() => undefined)
    return done
  }

  /** Reads the store; false when that failed. */
  function read(): Promise<boolean> {
    nextRead ??= inTurn(() => {
      nextRead = undefined
      return store.load()
    }, take).then(
      () => true,
      (error: unknown) => {
        failed('load', error)
        return false
      },
    )
    return nextRead
  }

  /** Reads the store for the first time: at once, where the store answers at once. */
  function restore(): void | Promise<void> {
    const lost = (error: unknown): void => {
      failed('load', error)
      const isAway = isSessionError(error) && error.code === 'refresh-unavailable'
      if (isAway && !newest(state())) rereadLater()
      else goOn()
    }
    try {
      askedAt = clock.monotonic()
      const loading = store.load()
      if (!isThenable(loading)) return take(loading)
      return inTurn(() => loading, take).then(
        () => undefined,
        (error: unknown) => {
          lost(error)
          // Better late than never; what it says now may be old.
          Promise.resolve(loading).then(read, () => undefined)
        },
      )
    } catch (error) {
      return lost(error)
    }
  }

  function rereadLater(): void {
    if (state().closed) return
    cancelReread?.()
    rereadAt = clock.monotonic() + rereadMs
    cancelReread = clock.setTimeout(() => void reread(), rereadMs)
    rereadMs = Math.min(rereadMs * 2, rereadAfterMs.longest)
    parts.unknown()
  }

  async function reread(): Promise<void> {
    if (!(await read())) rereadLater()
  }

  /** Goes on from memory: what the app says now counts, whatever the store holds. */
  function goOn(): void {
    if (state().restoring) apply({ type: 'unreadable', at: clock.now() })
  }

  /** Why it is not known who is signed in, once that is so. */
  function unreadable(): RefreshUnavailableError | undefined {
    const ms = (rereadAt ?? 0) - clock.monotonic()
    // It is being read.
    if (ms <= 0 || !state().restoring) return undefined
    return new RefreshUnavailableError('network', ms, 'the store cannot be read')
  }

  /** What the store should hold and does not. What is restored decides first what a sign-in replaces. */
  function unwritten(): StoredSession | undefined {
    const { restoring, stored } = state()
    const next = newest(state())
    return restoring || isSameRecord(next, stored) ? undefined : next
  }

  /** Writes the newest record; resolves when it is stored, overruled, or given out from memory. */
  function write(): Promise<void> {
    if (unwritten()) writing ??= writeNewest()
    return writing ?? Promise.resolve()
  }

  async function writeNewest(): Promise<void> {
    // Nobody may wait for it, as for the end of a session.
    const letSleep = stayAlive(clock)
    cancelRewrite?.()
    let next: StoredSession | undefined
    for (let round = 0; (next = unwritten()); round++) {
      const record = next
      const { stored } = state()
      try {
        if (round >= writeRounds) throw new Error('it always holds something else')
        const isWritten = await inTurn(
          () => store.replace(stored, record),
          (isTrue) => {
            if (!isTrue) return
            rewriteMs = rewriteAfterMs.first
            apply({ type: 'written', record })
            seenAt = askedAt
          },
        )
        if (!isWritten) await inTurn(() => store.load(), take)
      } catch (error) {
        failed('replace', error)
        apply({ type: 'unwritable', record: newest(state()) ?? record })
        // A listener may have signed in anew.
        if (state().pending && !state().closed) continue
        if (state().closed) break
        cancelRewrite = clock.setTimeout(() => void write(), rewriteMs)
        rewriteMs = Math.min(rewriteMs * 2, rewriteAfterMs.longest)
        break
      }
    }
    writing = undefined
    letSleep()
  }

  function watch(): void {
    try {
      unwatch = store.watch?.(
        // Nobody may tell of it again.
        () => void reread(),
        // Listeners come after the session, and a store may know at once.
        (...lack) => void Promise.resolve().then(() => parts.degraded(...lack)),
      )
    } catch (error) {
      failed('watch', error)
    }
  }

  return {
    read,
    restore,
    write,
    /** Resolves when no write is under way; one that failed is not begun anew. */
    written: (): Promise<void> => writing ?? Promise.resolve(),
    watch,
    goOn,
    unreadable,
    /** It is being read for the first time, or what it should hold is not there yet. */
    isBusy: (): boolean =>
      !!writing || !!unwritten() || (state().restoring && rereadAt === undefined),
    /** Waits for what is under way, and writes once more what is not there yet. */
    async finish(underWay: Promise<void>): Promise<void> {
      await underWay
      // Who is to leave is found first.
      if (state().leaving) await read()
      if (!state().unread || state().pending) await write()
    },
    /** How long ago what the store now holds can have been put there at most (milliseconds). */
    unseenForMs: () => clock.monotonic() - seenAt,
    close(): void {
      cancelRewrite?.()
      cancelReread?.()
      try {
        unwatch?.()
      } catch (error) {
        failed('watch', error)
      }
    },
  }
}
