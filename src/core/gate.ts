import { onAbort, type AbortSignalLike } from './aborts.js'
import { stayAlive, type Clock } from './clock.js'
import { RefreshUnavailableError } from './errors.js'
import type { HeldEvent, RefreshTrigger, ReleasedEvent } from './events.js'
import { unsignedLease, type Lease } from './lease.js'
import { ageMs, type Lifetime } from './lifetime.js'
import type { Refresher } from './refresher.js'
import type { State } from './state.js'
import type { Shown } from './traffic.js'

/** Who asks. */
export interface Asking {
  id(): number
  /** What it is, while somebody listens. */
  shown(): Shown | undefined
}

/** What a request asks for. */
export interface Want {
  /** Whose it is; `undefined` when it was made while nobody was signed in, or before that was known. */
  sessionId: string | undefined
  /** Only tokens of a later generation will do; `anyGeneration` at first. */
  after: number
  readonly trigger: RefreshTrigger
  /** For events; `undefined`: it is no request. */
  readonly requestId: Asking | undefined
  /** The answer that turned it away. */
  readonly response?: unknown
}

/** Before the first. */
export const anyGeneration = -1

/** What becomes of a request that waits: one of these is called, once. */
export interface Waiting {
  go(lease: Lease): void
  fail(error: Error): void
  abort(): void
}

interface Waiter {
  readonly want: Want
  readonly since: number
  readonly id: number | undefined
  readonly fate: Waiting
  /** Takes the abort listener away. */
  forget: (() => void) | undefined
}

/** What the gate looks at. All of it may change between two calls. */
export interface GateView {
  readonly clock: Clock
  readonly refresher: Pick<Refresher, 'launch' | 'isFlying' | 'coolDown'>
  state(): State
  /** Of the tokens in force. */
  lease(): Lease
  lifetime(): Lifetime | undefined
  /** A response said that the tokens in force had expired. */
  isDead(): boolean
  /** The error where a store cannot be read for the first time. */
  unreadable(): Error | undefined
  /** The error for requests of a session that is not in force any more. */
  ended(sessionId: string | undefined, response: unknown): Error
  held(id: number, why: HeldEvent['why'], shown: Shown | undefined): void
  released(id: number, outcome: ReleasedEvent['outcome'], waitedMs: number): void
}

/** Decides for each request: go, wait, or fail. Those that wait leave in the order in which they came. */
export function createGate(view: GateView) {
  const { clock, refresher } = view
  const line = new Set<Waiter>()
  /** Those that wait for something else, and are told when their session ends. */
  const watchers = new Set<() => void>()
  let attempts = 0
  let letSleep: (() => void) | undefined

  const now = (): number => clock.monotonic()

  /** The error for a request whose session is over. */
  function endOf({ sessionId, response }: Want): Error | undefined {
    const { closed, restoring, current, pending } = view.state()
    if (closed) return view.ended(undefined, response)
    if (restoring || sessionId === undefined) return undefined
    const isOver =
      sessionId === current?.sessionId ? !current.tokens : sessionId !== pending?.sessionId
    return isOver ? view.ended(sessionId, response) : undefined
  }

  /** A lease, an error, or `undefined`: wait. */
  function decide(want: Want, isWaiting: boolean): Lease | Error | undefined {
    const { restoring, current, adopted } = view.state()
    const { sessionId } = want
    const end = endOf(want)
    if (end) return end
    if (restoring) return view.unreadable()
    // Its session is being signed in.
    if (sessionId !== undefined && sessionId !== current?.sessionId) return undefined
    if (!current?.tokens) return unsignedLease
    want.sessionId = current.sessionId

    const lifetime = view.lifetime()
    const isDead = view.isDead()
    const age = lifetime ? ageMs(lifetime, clock) : 0
    if (current.generation > want.after) {
      // Whoever waited for newer tokens takes them as they are: no lifetime, however short, loops.
      // Those that another holder stored may be over already.
      const isStale = adopted && lifetime && age >= lifetime.totalMs
      if (isWaiting && want.after !== anyGeneration && !isStale) return view.lease()
      if (!isDead && !(lifetime && age >= lifetime.holdAtMs)) {
        if (lifetime && age >= lifetime.aheadAtMs && !refresher.isFlying() && !isCooling()) {
          refresher.launch('ahead-of-time')
        }
        return view.lease()
      }
      want.after = current.generation
    }
    if (refresher.isFlying()) return undefined
    const coolDown = refresher.coolDown()
    if (coolDown && (isWaiting || want.trigger !== 'requested') && isCooling()) {
      const stillWorks = !isDead && lifetime && age < lifetime.totalMs
      if (stillWorks && want.trigger !== 'requested') return view.lease()
      const { reason, message, cause } = coolDown.after
      return new RefreshUnavailableError(reason, coolDown.until - now(), message, cause)
    }
    refresher.launch(isDead && want.trigger === 'lifetime-over' ? 'expired' : want.trigger)
    return undefined
  }

  const isCooling = (): boolean => now() < (refresher.coolDown()?.until ?? 0)

  function leave(waiter: Waiter, outcome: ReleasedEvent['outcome']): void {
    line.delete(waiter)
    waiter.forget?.()
    if (!line.size) letSleep?.()
    if (waiter.id) view.released(waiter.id, outcome, now() - waiter.since)
  }

  return {
    decide: (want: Want): Lease | Error | undefined => decide(want, false),

    /** So many more attempts are under way. */
    sent(change: 1 | -1): void {
      attempts += change
    },

    /** Somebody waits, or has sent something, or tokens are sought. */
    isBusy: (): boolean => attempts + line.size + watchers.size > 0 || refresher.isFlying(),

    /** Gets in line, after `decide` said so. */
    wait(want: Want, signal: AbortSignalLike | undefined, fate: Waiting): void {
      const { restoring, current } = view.state()
      const id = want.requestId?.id()
      const waiter: Waiter = { want, since: now(), id, fate, forget: undefined }
      if (signal) {
        waiter.forget = onAbort(signal, () => {
          leave(waiter, 'aborted')
          fate.abort()
        })
      }
      // Somebody waits: the process must live to see it settled.
      if (!line.size) letSleep = stayAlive(clock)
      line.add(waiter)
      const signingIn = want.sessionId !== current?.sessionId
      const why = restoring ? 'restoring' : signingIn ? 'signing-in' : 'refreshing'
      if (id) view.held(id, why, want.requestId?.shown())
    },

    /** Calls `fail` when the session that this is wanted of ends; the function that it returns stops that. */
    onEnd(want: Want, fail: (error: Error) => void): () => void {
      const watcher = (): void => {
        const end = endOf(want)
        if (end) fail(end)
      }
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },

    /** Looks at everyone in line again. What goes on may change anything, so each is asked anew. */
    settle(): void {
      for (const watcher of [...watchers]) watcher()
      for (const waiter of [...line]) {
        if (!line.has(waiter)) continue
        const answer = decide(waiter.want, true)
        if (!answer) continue
        if (answer instanceof Error) {
          leave(waiter, 'failed')
          waiter.fate.fail(answer)
        } else {
          leave(waiter, 'sent')
          waiter.fate.go(answer)
        }
      }
    },
  }
}
