import type { Clock } from './clock.js'
import type { StoredSession } from './store.js'
import { seconds, type Tokens } from './tokens.js'

/** Clocks of two machines that share a store may differ by this much without being called wrong. */
const toleratedSkewMs = 5_000

/** Tokens are stored this long after their receipt at most: a write's deadline, and the pause before the next. */
const longestWriteMs = 65_000

/** The lifetime of one access token, from its receipt. All in milliseconds. */
export interface Lifetime {
  readonly totalMs: number
  /** From this age on, a request starts a refresh beside it. */
  readonly aheadAtMs: number
  /** From this age on, a request is held until there are new tokens. */
  readonly holdAtMs: number
  readonly receipt: Receipt
}

/** What an app may set. */
export interface LifetimeOptions {
  readonly refreshAheadMs: number
  readonly refreshLeewayMs: number
  readonly lifetime: ((tokens: Tokens) => number | undefined) | undefined
}

/** The lifetime of a record's access token in milliseconds, where it is known. */
function durationMs(tokens: Tokens, options: LifetimeOptions): number | undefined {
  const known = seconds(tokens.expiresIn) ?? seconds(options.lifetime?.(tokens))
  return known && known * 1000
}

/** When tokens were received, by both clocks. */
export interface Receipt {
  readonly wall: number
  readonly monotonic: number
}

/**
 * When a record was received that another holder stored.
 *
 * @param unknownMs - how long ago it can have been stored at most, by the monotonic clock; `Infinity`
 *   when nothing is known
 */
export function receiptOf(record: StoredSession, unknownMs: number, clock: Clock): Receipt {
  const wallAge = clock.now() - record.receivedAt
  // Received in the future, or long before it can have been stored: one of the wall clocks is wrong.
  const isWrong = wallAge < -toleratedSkewMs || wallAge > unknownMs + longestWriteMs
  const age = isWrong ? unknownMs : Math.max(wallAge, 0)
  return { wall: clock.now() - age, monotonic: clock.monotonic() - age }
}

/** Starts counting a lifetime, where it is known. */
export function startLifetime(
  tokens: Tokens,
  receipt: Receipt,
  options: LifetimeOptions,
): Lifetime | undefined {
  const total = durationMs(tokens, options)
  if (!total) return undefined
  const leeway = Math.min(options.refreshLeewayMs, total / 10)
  const ahead = Math.min(options.refreshAheadMs, total / 5)
  // Jittered, so that tokens that expire together are not refreshed together (G8).
  const jittered = ahead * (0.5 + Math.random() / 2)
  return {
    totalMs: total,
    aheadAtMs: total - Math.max(jittered, leeway),
    holdAtMs: total - leeway,
    receipt,
  }
}

/** How far the life of the access token in force has gone. All in milliseconds. */
export interface TokenLifetime {
  /** By the clock, or because a response or the app said so. */
  readonly isExpired: boolean
  /** From its receipt to its end. This and the others are `undefined` where the lifetime is not known. */
  readonly totalMs: number | undefined
  /** 0 when it is expired. */
  readonly leftMs: number | undefined
  /** From so long before its end on, a request starts a refresh beside it. */
  readonly aheadMs: number | undefined
  /** From so long before its end on, a request is held. */
  readonly leewayMs: number | undefined
}

/** How far the life of tokens has gone now. */
export function lifetimeNow(
  lifetime: Lifetime | undefined,
  isDead: boolean,
  clock: Clock,
): TokenLifetime {
  if (!lifetime) {
    const unknown = { totalMs: undefined, leftMs: undefined, aheadMs: undefined }
    return { isExpired: isDead, ...unknown, leewayMs: undefined }
  }
  const { totalMs, aheadAtMs, holdAtMs } = lifetime
  const leftMs = isDead ? 0 : Math.max(0, totalMs - ageMs(lifetime, clock))
  const points = { aheadMs: totalMs - aheadAtMs, leewayMs: totalMs - holdAtMs }
  return { isExpired: leftMs === 0, totalMs, leftMs, ...points }
}

/** The larger of what the two clocks say: neither one set back nor a machine that slept hides time. */
export function ageMs({ receipt }: Lifetime, clock: Clock): number {
  return Math.max(clock.now() - receipt.wall, clock.monotonic() - receipt.monotonic)
}
