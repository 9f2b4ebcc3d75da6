import { SessionEndedError } from 'unexpired'
import type { SessionEndReason, StoredSession, TokenResponse, Tokens } from 'unexpired'
import type { SubjectParts } from './subject.js'

/** What hand-written sessions get wrong, one at a time. */
export type Flaw =
  | 'every 401 refreshes'
  | 'a flag instead of generations'
  | 'waiters are forgotten when the refresh fails'
  | 'whoever is signed in serves for the replay'
  | 'the refresh undoes a sign-out'
  | 'two users are mixed'
  | 'replays without end'
  | 'requests leave during a refresh'
  | 'each waiter tells the end'
  | 'any error signs out'
  | 'an error without a type'
  | 'an abort does not reach who waits'
  | 'network errors are replayed'
  | 'streams are replayed'
  | 'a refresh for every doubt'
  | 'no cool-down'
  | 'nothing is stored'
  | 'a 401 in the queue is handed over'
  | 'a rejection is left alone'
  | 'a timer is left alone'

export type EndReason = Exclude<SessionEndReason, 'closed'>

interface Waiter {
  readonly id: string | undefined
  readonly after: number
  go(record: Live): void
  fail(error: Error): void
}

export type Live = StoredSession & { readonly tokens: Tokens }

/** Who is signed in, who waits, and who hears of it: in memory and in a store that answers at once. */
export function createNaiveState({ store, clock, onSignedOut }: SubjectParts, flaw?: Flaw) {
  const stored = store.load() as StoredSession | undefined
  let kept = stored
  const own = {
    current: (stored?.tokens ? stored : undefined) as Live | undefined,
    closed: false,
    dead: undefined as Live | undefined,
    flight: undefined as AbortController | undefined,
    doubt: undefined as { readonly record: Live; readonly until: number } | undefined,
    coolUntil: -Infinity,
    waiters: new Set<Waiter>(),
    live: (): Live | undefined => (own.closed ? undefined : own.current),
    take,
    end,
    tell,
    ended,
    decide,
    settle,
  }
  const reasons = new Map<string, EndReason>()

  function keep(next: StoredSession): void {
    if (flaw !== 'nothing is stored') void store.replace(kept, next)
    kept = next
  }

  function take(tokens: TokenResponse, sessionId: string, generation: number): void {
    const { accessToken, refreshToken } = tokens as Tokens
    const all = { ...(generation > 1 ? own.current?.tokens : undefined), accessToken }
    own.current = {
      version: 1,
      sessionId,
      generation,
      receivedAt: clock.now(),
      tokens: refreshToken === undefined ? all : { ...all, refreshToken },
    }
    own.coolUntil = -Infinity
    keep(own.current)
  }

  function end(how: EndReason): void {
    const old = own.current
    if (!old) return
    own.current = undefined
    keep({ ...old, generation: old.generation + 1, tokens: undefined })
    tell(old, how)
  }

  function tell({ sessionId }: Live, how: EndReason): void {
    reasons.set(sessionId, how)
    own.flight?.abort()
    own.flight = undefined
    const times = flaw === 'each waiter tells the end' ? own.waiters.size : 1
    settle()
    if (own.closed) return
    for (let time = 0; time < times; time++) onSignedOut({ sessionId, reason: how })
  }

  function ended(id?: string): Error {
    return new SessionEndedError(own.closed ? 'closed' : (reasons.get(id ?? '') ?? 'signed-out'))
  }

  function decide({ id, after }: Pick<Waiter, 'id' | 'after'>): Live | Error | undefined {
    if (own.closed) return ended()
    if (!own.current) return ended(id)
    if (own.current.sessionId !== id) {
      return flaw === 'whoever is signed in serves for the replay' ? own.current : ended(id)
    }
    const isGood =
      own.current !== own.dead || (flaw === 'requests leave during a refresh' && after < 0)
    return own.current.generation > after && isGood ? own.current : undefined
  }

  function settle(error?: Error): void {
    for (const waiter of [...own.waiters]) {
      const answer = decide(waiter) ?? error
      if (!answer) continue
      if (flaw === 'waiters are forgotten when the refresh fails' && error) continue
      own.waiters.delete(waiter)
      if (answer instanceof Error) waiter.fail(answer)
      else waiter.go(answer)
    }
  }

  return own
}
