import { createAnnouncer, callSafely } from './announcer.js'
import { authorize, type AuthorizeParts, type Claim, type SessionPort } from './authorize.js'
import { cutTokens } from './causes.js'
import { pauseAfter } from './cool-down.js'
import { SessionEndedError, type SessionEndReason } from './errors.js'
import type { EventDetail, RefreshTrigger, SessionEvent, SessionEvents } from './events.js'
import { fly, type Unavailable } from './flight.js'
import { createGate, type GateView, type Want } from './gate.js'
import { createKeeper } from './keeper.js'
import { leaseOf, unsignedLease, type Lease } from './lease.js'
import { ageMs, startLifetime, type Lifetime } from './lifetime.js'
import type { ReadyOptions } from './options.js'
import {
  initialState,
  newest,
  transition,
  type Effect,
  type State,
  type StateEvent,
} from './state.js'
import type { StoredSession } from './store.js'
import { onWake } from './wake.js'

interface Flight {
  readonly base: StoredSession
  readonly controller: AbortController
  /** Of the try under way. */
  signal: AbortSignal | undefined
  /** What that try is made with. */
  tried: StoredSession
}

/**
 * Holds the state, does what the state function says, and tells listeners afterwards. What it knows
 * beyond the state is about time: lifetimes, the flight, and cool-downs.
 */
export function createEngine(options: ReadyOptions) {
  const { store, clock, cookie } = options
  const announcer = createAnnouncer()
  let state: State = initialState(options.assumed)
  let lease = unsignedLease
  let lifetime: Lifetime | undefined
  let pendingSince = 0
  let flight: Flight | undefined
  /** The record whose tokens a response called expired. */
  let dead: StoredSession | undefined
  let failures = 0
  let coolDown: GateView['coolDown']
  /** A record whose replay was turned down: its 401s are taken as they are for a while (G11). */
  let doubted: { readonly record: StoredSession | undefined; readonly until: number } | undefined
  let doubts = 0
  let lastEnd: { readonly sessionId: string; readonly reason: SessionEndReason } | undefined
  let refusal: unknown
  let requests = 0
  let callsRefresh = false

  function emit<E extends keyof SessionEvents>(type: E, detail: EventDetail<E>): void {
    const { sessionId, generation = 0 } = state.current ?? {}
    const event: unknown = { type, at: clock.now(), sessionId, generation, ...detail }
    announcer.put(event as SessionEvent)
  }

  function apply(event: StateEvent): void {
    const before = state
    const [next, effects] = transition(state, event)
    state = next
    if (event.type === 'received' || event.type === 'sign-in') pendingSince = clock.monotonic()
    const isNew = state.current !== before.current || state.restoring !== before.restoring
    if (isNew) take(before.pending)
    effects.forEach(perform)
    if (isNew || state.closed) announcer.changed()
    gate.settle()
    announcer.flush()
  }

  /** Other tokens are in force. */
  function take(pending: StoredSession | undefined): void {
    const { current } = state
    failures = 0
    coolDown = undefined
    if (!current?.tokens) {
      lease = unsignedLease
      lifetime = undefined
      return
    }
    const unknownMs = current === pending ? clock.monotonic() - pendingSince : keeper.unseenForMs()
    lease = leaseOf(current)
    lifetime = callSafely(() => startLifetime(current, unknownMs, clock, options))
  }

  function perform(effect: Effect): void {
    if (effect.do === 'write') return void keeper.write()
    if (effect.do === 'announce') return emit(effect.type, { from: effect.from })
    const { record, reason } = effect
    lastEnd = { sessionId: record.sessionId, reason }
    flight?.controller.abort()
    flight = undefined
    if (reason === 'closed') return
    const { sessionId, generation } = record
    const cause = reason === 'refused' ? { cause: refusal } : {}
    const event = {
      type: 'signed-out' as const,
      at: clock.now(),
      sessionId,
      generation,
      reason,
      ...cause,
    }
    announcer.put(event)
    const { onSignedOut } = options
    if (onSignedOut) announcer.later(() => onSignedOut(event))
  }

  const keeper = createKeeper({
    store,
    clock,
    cookie,
    state: () => state,
    apply,
    failed(operation, error) {
      if (state.closed) return
      const text = error instanceof Error ? error.message : 'it threw no error'
      const tokens = newest(state)?.tokens
      emit('store-failed', { operation, message: tokens ? cutTokens(text, tokens) : text })
      announcer.flush()
    },
  })

  /** Why a session is not in force any more. */
  function ended(sessionId: string | undefined, response?: unknown): SessionEndedError {
    const { closed, current } = state
    const isLast = lastEnd?.sessionId === sessionId
    const other = current?.sessionId === sessionId ? 'signed-out' : 'replaced'
    const reason = closed ? 'closed' : (isLast && lastEnd?.reason) || other
    return new SessionEndedError(reason, response, reason === 'refused' ? refusal : undefined)
  }

  function launch(trigger: RefreshTrigger): void {
    const base = state.current
    if (!base?.tokens || flight) return
    const controller = new AbortController()
    const own: Flight = { base, controller, signal: undefined, tried: base }
    flight = own
    emit('refresh-started', { trigger })
    announcer.changed()
    fly({
      base,
      store,
      clock,
      cookie,
      timeoutMs: options.refreshTimeoutMs,
      signal: own.controller.signal,
      refused: options.refused,
      state: () => state,
      apply,
      read: keeper.read,
      write: keeper.write,
      refresh(request) {
        own.signal = request.signal
        own.tried = state.current ?? base
        callsRefresh = true
        try {
          return options.refresh(request)
        } finally {
          callsRefresh = false
        }
      },
      isOver: () => !!lifetime && ageMs(lifetime, clock) >= lifetime.totalMs,
      onRefused(cause) {
        refusal = cause
      },
      onRefreshed: (tries, durationMs) => emit('refreshed', { tries, durationMs }),
      onTurnMissed: (message, waitedMs) => emit('turn-missed', { message, waitedMs }),
    }).then(
      (result) => land(own, result),
      // Nothing in a flight throws; should it, nobody hangs.
      (error: unknown) =>
        land(own, {
          reason: 'network',
          message: 'it broke',
          cause: error,
          tries: 0,
          retryAfterMs: 0,
        }),
    )
  }

  function land(own: Flight, unavailable: Unavailable | undefined): void {
    if (flight !== own) return
    flight = undefined
    // Newer tokens may have come otherwise: then nothing is unavailable.
    if (unavailable && state.current === own.tried) {
      const { reason, message, tries, retryAfterMs: asked } = unavailable
      const retryAfterMs = asked || pauseAfter(++failures)
      coolDown = { until: clock.monotonic() + retryAfterMs, after: unavailable }
      emit('refresh-unavailable', { reason, message, tries, retryAfterMs })
    }
    announcer.changed()
    gate.settle()
    announcer.flush()
  }

  const gate = createGate(
    {
      get state() {
        return state
      },
      get lease() {
        return lease
      },
      get lifetime() {
        return lifetime
      },
      get isDead() {
        return !!dead && dead === state.current
      },
      get isFlying() {
        return !!flight
      },
      get coolDown() {
        return coolDown
      },
      ended,
      launch,
      held: (requestId, why) => emit('held', { requestId, why }),
      released: (requestId, outcome, waitedMs) =>
        emit('released', { requestId, outcome, waitedMs }),
    },
    clock,
  )

  function decide(want: Want): Lease | Error | undefined {
    const answer = gate.decide(want)
    announcer.flush()
    return answer
  }

  function wait(...waiting: Parameters<typeof gate.wait>): void {
    gate.wait(...waiting)
    announcer.flush()
  }

  /** Cached: most requests are made in the session of the one before. */
  let claim: Claim = { sessionId: undefined, isRefresh: false }
  const refreshClaim: Claim = { sessionId: undefined, isRefresh: true }

  const parts: AuthorizeParts = {
    isOwnSignal: (signal) => signal === flight?.signal,
    decide,
    wait,
    nextRequestId: () => ++requests,
    turnedAway(used, requestId, attempt) {
      emit('turned-away', { requestId, attempt })
      const { current } = state
      const isCurrent = used === lease
      const now = clock.monotonic()
      if (attempt === 2) {
        if (isCurrent) doubted = { record: current, until: now + pauseAfter(++doubts) }
      } else if (isCurrent && current?.tokens) {
        if (doubted?.record === current && now < doubted.until) return false
        dead = current
      }
      return true
    },
    replayed: (requestId) => emit('replayed', { requestId }),
    accepted(used) {
      if (used === lease && doubted?.record !== state.current) doubts = 0
    },
  }

  const port: SessionPort = {
    claim() {
      if (callsRefresh) return refreshClaim
      const ours = state.restoring ? state.pending : newest(state)
      const sessionId = ours?.tokens ? ours.sessionId : undefined
      if (claim.sessionId !== sessionId) claim = { sessionId, isRefresh: false }
      return claim
    },
    authorize: (claimed, request) => authorize(parts, claimed, request),
  }

  const stopWaking = onWake(() => {
    failures = 0
    coolDown = undefined
  })

  return {
    announcer,
    apply,
    clock,
    emit,
    keeper,
    port,
    ended,
    /** A lease, as soon as there is one of a later generation than `after`. */
    newer(asked: Omit<Want, 'requestId'>): Promise<Lease> {
      const want = { ...asked, requestId: { id: () => ++requests } }
      return new Promise((resolve, reject) => {
        const answer = decide(want)
        if (answer instanceof Error) reject(answer)
        else if (answer) resolve(answer)
        else wait(want, undefined, resolve, reject, () => undefined)
      })
    },
    state: () => state,
    lifetime: () => lifetime,
    isFlying: () => !!flight,
    /** Puts the engine to rest. */
    close(): void {
      keeper.close()
      stopWaking()
      apply({ type: 'close' })
      announcer.close()
    },
  }
}

export type Engine = ReturnType<typeof createEngine>
