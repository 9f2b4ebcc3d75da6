import { RefreshUnavailableError } from '../../core/errors.js'
import { isSameRecord, parseRecord } from '../../core/record.js'
import type { StoredSession, TokenStore } from '../../core/store.js'
import { createCall, within } from './calls.js'
import { runnerOf, type RedisClient } from './client.js'
import { newsOf } from './news.js'
import { readOptions, type RedisStoreOptions } from './options.js'
import { readScript, swapScript } from './scripts.js'
import { createSealing, unsealed } from './sealing.js'
import { freed, inLease } from './turns.js'

/** How often a record is compared that changes meanwhile. */
const mostRounds = 3

/** How often it is looked at where Redis does not let us hear of changes (milliseconds). */
const lookMs = 5_000

const noMessages = [
  'messages',
  `no messages: changes are looked for each ${lookMs / 1_000} s`,
] as const

/** A session waits for 5 s, and takes a store that says nothing for one that nobody else has (milliseconds). */
const longestLoadMs = 4_500

/** What was there last. */
interface Seen {
  /** Of all its bytes. */
  readonly digest: string
  readonly record: StoredSession | undefined
}

/**
 * Keeps the session in Redis: all processes, on all machines, that name the same key share it, and with
 * it the refresh. They take turns by a lease, which its holder renews; tokens are replaced by
 * compare-and-swap, so that a holder that slept through its lease cannot write over newer ones.
 *
 * A session that has a live token does not call Redis. While Redis is gone, sessions refresh each for
 * themselves, work from memory, emit `store-failed`, and write when it is back.
 *
 * @param client - an ioredis `Redis` or `Cluster`, or a node-redis client, cluster or sentinel. It stays
 * yours: connect it, listen to its errors, and end it after the sessions are closed. One more connection
 * is made from it (`client.duplicate()`) to hear of changes, while any session is open.
 * @param key - whose session it is: one for each user
 * @throws SessionError `invalid-option`
 * @example
 * ```ts
 * const session = createSession({ store: redisStore(redis, userId), refresh })
 * ```
 */
export function redisStore(
  client: RedisClient,
  key: string,
  options?: RedisStoreOptions,
): Required<TokenStore> {
  const { redis, place, ttlOf, leaseMs, timeoutMs, encryption } = readOptions(client, key, options)
  const [slot, turn] = [`${place}:session`, `${place}:turn`]
  const call = createCall(redis, runnerOf(redis), timeoutMs)
  const sealing = encryption ? createSealing(encryption, slot) : unsealed
  const news = newsOf(redis)
  /** Others know by it who said something. */
  const self = crypto.randomUUID()
  const watchers = new Set<() => void>()
  let seen: Seen | undefined
  /** Of the last answer, as soon as it is here. */
  let latest: string | undefined
  /** What watchers know of. */
  let told: string | undefined

  async function take(text: unknown, digest: unknown): Promise<Seen> {
    const sealed = String(text)
    latest = String(digest)
    written = undefined
    const now = { digest: latest, record: parseRecord(sealed && (await sealing.open(sealed))) }
    seen = now
    return now
  }

  /** Where each call of Redis may take longer. */
  const inTime = (looking: Promise<Seen>): Promise<Seen> =>
    timeoutMs > longestLoadMs ? within(longestLoadMs, looking) : looking

  async function look(): Promise<Seen> {
    const [text, digest] = await call(readScript, slot, [])
    return take(text, digest)
  }

  /** Once for each change, however it is heard of. */
  const tell = (digest: string): void => {
    if (digest === told) return
    told = digest
    for (const changed of [...watchers]) changed()
  }

  /** After a time in which messages may have been missed. */
  async function lookForChanges(): Promise<void> {
    try {
      const [text, digest] = await call(readScript, slot, [])
      const before = latest
      await take(text, digest)
      if (before === undefined ? text : digest !== before) tell(String(digest))
    } catch {
      // Sessions are told when they call it themselves.
    }
  }

  function heard(message: string | undefined): void {
    const [who, , digest] = message?.split(' ') ?? []
    if (who === self) return
    written = undefined
    if (message === undefined) void lookForChanges()
    else if (digest) tell(digest)
  }

  let stopListening: (() => void) | undefined
  let poll: ReturnType<typeof setInterval> | undefined
  const degradeds = new Set<(missing: string, message: string) => void>()
  let checkTurn: (() => void) | undefined
  /** What was written just now: as fresh as an answer that comes just now. */
  let written: Seen | undefined

  function write(next: Seen): void {
    seen = written = next
    latest = next.digest
    setImmediate(() => {
      if (written === next) written = undefined
    }).unref()
    tell(next.digest)
  }

  return {
    async load() {
      try {
        const { record } = written ?? (await inTime(look()))
        checkTurn?.()
        return record
      } catch (error) {
        // What was told of has not been read.
        told = undefined
        // Nobody is taken for signed out because Redis is away.
        throw new RefreshUnavailableError('network', 0, (error as Error).message, error)
      }
    },

    async replace(expected, next) {
      const text = next ? await sealing.seal(JSON.stringify(next)) : ''
      const ttlMs = String(next ? ttlOf(next) : 0)
      // Most often it is what was read just before.
      let there = seen && isSameRecord(seen.record, expected) ? seen : await look()
      for (let round = 1; isSameRecord(there.record, expected); round++) {
        if (round > mostRounds) throw new Error('it changes all the time')
        const message = `${self} ${next?.generation ?? 0}`
        const args = [there.digest, text, ttlMs, place, message]
        const [isReplaced, digest, other] = await call(swapScript, slot, args)
        if (Number(isReplaced)) {
          write({ digest: String(digest), record: next })
          return true
        }
        there = await take(other, digest)
      }
      return false
    },

    exclusive(work, patience) {
      const listen = (wake: () => void): (() => void) =>
        news.listen(place, {
          heard(message) {
            if (message === undefined || message === freed) wake()
          },
        })
      const holding = (check: typeof checkTurn): void => {
        checkTurn = check
        // Who has the turn sees what the last holder wrote.
        written = undefined
      }
      const lease = { call, key: turn, channel: place, leaseMs, listen, holding }
      return inLease(lease, patience, work)
    },

    watch(changed, degraded) {
      const watcher = (): void => changed()
      watchers.add(watcher)
      if (poll) degraded?.(...noMessages)
      stopListening ??= news.listen(place, {
        heard,
        missed() {
          // Whether or not it has changed: what Redis has not taken is written again by who reads.
          written = undefined
          for (const watching of [...watchers]) watching()
        },
        deaf() {
          if (poll) return
          poll = setInterval(() => void lookForChanges(), lookMs).unref()
          for (const degrade of [...degradeds]) degrade(...noMessages)
        },
      })
      if (degraded) degradeds.add(degraded)
      return () => {
        watchers.delete(watcher)
        if (degraded) degradeds.delete(degraded)
        if (watchers.size > 0) return
        stopListening?.()
        stopListening = undefined
        clearInterval(poll)
        poll = undefined
      }
    },
  }
}
