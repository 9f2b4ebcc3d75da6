import { setTimeout as pauseFor } from 'node:timers/promises'

import type { Run } from './client.js'

/** After the first try of a call that failed at once, doubling (milliseconds). */
const firstPauseMs = 50

/** A timer that is later than this tells of a process that stood still (milliseconds). */
const stallMs = 20

/** How long an answer may take that came meanwhile and lies there unread, at most (milliseconds). */
const readingMs = 1_000

interface CallOptions {
  /** Is given an answer that comes too late. */
  late?(reply: readonly unknown[]): void
  /** It has all its time, also where the last call had no answer. */
  readonly isPatient?: boolean
}

/** Calls Redis; rejects when no answer came in time. */
export type Call = (
  script: string,
  key: string,
  args: readonly string[],
  options?: CallOptions,
) => Promise<readonly unknown[]>

/** Keeps no process alive: whoever waits for a request does. */
export const pause = (ms: number): Promise<void> =>
  pauseFor(Math.max(1, ms), undefined, { ref: false })

/** Redis took its time. */
export class NoAnswerError extends Error {}

interface Health {
  /** The last call had no answer, and none has come since. */
  isAway: boolean
}

const healths = new WeakMap<object, Health>()

/** What the stores of one client know of its Redis. */
function healthOf(client: object): Health {
  const health = healths.get(client) ?? { isAway: false }
  healths.set(client, health)
  return health
}

/** What is left of the time for a call of a Redis that is away: one wait is enough. */
const awayPart = 1 / 8

/** But for this (milliseconds). */
const leastMs = 100

/**
 * Clients wait for ever for a Redis that is gone, or reject at once while it fails over: each call gets
 * the same time, and is tried again in it.
 */
export function createCall(client: object, run: Run, timeoutMs: number): Call {
  const health = healthOf(client)
  const answered = (reply: unknown): readonly unknown[] => {
    health.isAway = false
    return readReply(reply)
  }
  return async (script, key, args, { late, isPatient } = {}) => {
    const awayMs = Math.min(Math.max(leastMs, timeoutMs * awayPart), timeoutMs)
    const end = performance.now() + (health.isAway && !isPatient ? awayMs : timeoutMs)
    let pauseMs = firstPauseMs
    for (let isAgain = '0'; ; isAgain = '1') {
      try {
        const reply = run(script, key, [...args, isAgain]).then(answered)
        return await within(end - performance.now(), reply, late)
      } catch (error) {
        if (error instanceof NoAnswerError) {
          health.isAway = true
          throw error
        }
        // oxlint-disable-next-line preserve-caught-error -- a client's error may hold what was sent: tokens
        if (performance.now() + pauseMs > end) throw new Error(messageOf(error))
        await pause(pauseMs)
        pauseMs *= 2
      }
    }
  }
}

const messageOf = (error: unknown): string =>
  (error instanceof Error && error.message) || 'Redis cannot be reached'

/** Rejects when it takes too long; what comes later is given to `late`. */
export function within<T>(ms: number, reply: Promise<T>, late?: (reply: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const begunAt = performance.now()
    const giveUp = (): void => {
      reject(new NoAnswerError(`Redis did not answer within ${Math.round(ms)} ms`))
      reply.then(late, () => undefined)
    }
    let timer = setTimeout(
      () => {
        // Where this process stood still, it is no fault of Redis: its answer may be there.
        const lateMs = performance.now() - begunAt - ms
        if (lateMs > stallMs) timer = setTimeout(giveUp, Math.min(lateMs, readingMs)).unref()
        else giveUp()
      },
      Math.max(1, ms),
    ).unref()
    reply.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function readReply(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply
  throw new Error(`Redis answered with ${typeof reply}, not with a list`)
}
