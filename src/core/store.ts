import type { AbortSignalLike } from './aborts.js'
import type { Tokens } from './tokens.js'

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>

/**
 * The record that a store keeps, whole. A sign-out is stored too, as a record without tokens: an
 * absent record means lost, not signed out.
 */
export interface StoredSession {
  /** Of this format. A record of another version counts as absent. */
  readonly version: 1
  /** Made at sign-in. */
  readonly sessionId: string
  /** Grows by one with each new set of tokens, and with the sign-out. */
  readonly generation: number
  /** When the tokens were received: wall clock, in milliseconds. */
  readonly receivedAt: number
  /** `undefined` once it has ended. In a cookie session, tokens whose `accessToken` is empty. */
  readonly tokens: Tokens | undefined
  /** Of one that has ended: that it was refused. Otherwise it was signed out. */
  readonly reason?: 'refused'
}

/**
 * Where the tokens live. Whoever shares a store shares the session, and with it the refresh.
 *
 * Every method may throw or reject: the session then works from memory, emits `store-failed`, and
 * writes again when it can. What `load` gives is checked, so a store need not.
 */
export interface TokenStore {
  /**
   * What is stored, or `undefined`. Where it rejects at first, nobody counts as signed in. Where it
   * rejects with a {@link RefreshUnavailableError}, that is not known: requests reject as well, and it is
   * asked again, until it was read once.
   */
  load(): Awaitable<StoredSession | undefined>
  /**
   * Replaces what is stored, only if it still is `expected` (same session, same generation), in one
   * step; `false` when another holder was faster.
   */
  replace(expected: StoredSession | undefined, next: StoredSession | undefined): Awaitable<boolean>
  /**
   * Runs `work` while no other holder of this store runs any. It rejects, without having run it,
   * when the turn did not come within `waitMs` milliseconds. Absent: the store is private to this
   * process, where sessions on one store object take turns by themselves. Once `signal` is aborted,
   * nobody waits for the turn any more: a store may reject then.
   */
  exclusive?<T>(
    work: () => Promise<T>,
    options: { waitMs: number; signal?: AbortSignalLike },
  ): Promise<T>
  /**
   * Calls `changed` after somebody replaced what is stored, and may call `degraded` where it lacks
   * something and promises less: a name for it and a sentence, no secret in them. The function that it
   * returns ends both.
   */
  watch?(changed: () => void, degraded?: (missing: string, message: string) => void): () => void
}
