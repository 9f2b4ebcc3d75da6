import { createAnnouncer, callSafely } from './announcer.js'
import { authorize, type AuthorizeParts } from './authorize.js'
import { safeMessage } from './causes.js'
import { createTokenHeaders } from './credential.js'
import { livingFor } from './clock.js'
import { createEnds } from './ends.js'
import { SessionEndedError, type SessionEndReason } from './errors.js'
import type { EventDetail, SessionEvent, SessionEvents, SignedOutEvent } from './events.js'
import { createGate, type Want } from './gate.js'
import { createKeeper } from './keeper.js'
import { createKnownTokens } from './known-tokens.js'
import { leaseOf, unsignedLease, type Lease } from './lease.js'
import { ageMs, lifetimeNow, receiptOf, startLifetime, type Lifetime } from './lifetime.js'
import type { ReadyOptions } from './options.js'
import type { Claim, SessionPort } from './port.js'
import { createRefresher } from './refresher.js'
import type { Effect, State, StateEvent } from './state-model.js'
import { initialState, newest, transition } from './state.js'
import type { StoredSession } from './store.js'
import { createTraffic } from './traffic.js'
import { createVerdicts } from './verdicts.js'
import { onWake } from './wake.js'

/**
 * Holds the state, does what the state function says, and tells listeners afterwards. What it knows
 * beyond the state passes with the page: lifetimes, and which tokens were called expired.
 */
export function createEngine(options: ReadyOptions) {
  const { store, clock, cookie, onSignedOut } = options
  const { known, learn } = createKnownTokens()
  const announcer = createAnnouncer(known)
  let state: State = initialState(options.assumed)
  let lease = unsignedLease
  let lifetime: Lifetime | undefined
  /** At the last change. */
  let expiresInMs: number | undefined
  let pendingSince = 0
  const verdicts = createVerdicts(clock)
  const ends = createEnds()
  let requests = 0

  function emit<E extends keyof SessionEvents>(type: E, detail: EventDetail<E>): void {
    const { sessionId, generation = 0 } = state.current ?? {}
    const event: unknown = { type, at: clock.now(), sessionId, generation, ...detail }
    announcer.put(event as SessionEvent)
  }

  const say: typeof emit = (type, detail) => {
    emit(type, detail)
    announcer.flush()
  }

  function apply(event: StateEvent): void {
    const before = state
    const [next, effects] = transition(state, event)
    learn((state = next))
    const isReceived = event.type === 'received' || event.type === 'sign-in'
    // Tokens that come too late, of a session that is over, change nothing.
    if (isReceived && state.pending !== before.pending) pendingSince = clock.monotonic()
    const isNew = state.current !== before.current || state.restoring !== before.restoring
    if (isNew) take(before.pending)
    if (isNew) refresher.yield()
    effects.forEach(perform)
    if (isNew || state.closed) moved()
    else announcer.flush()
  }

  function changed(): void {
    expiresInMs = lifetime && Math.max(0, lifetime.totalMs - ageMs(lifetime, clock))
    announcer.changed()
  }

  /** Others may go now; then listeners are told. */
  function moved(): void {
    changed()
    gate.settle()
    announcer.flush()
  }

  /** Other tokens are in force. */
  function take(pending: StoredSession | undefined): void {
    const { current } = state
    refresher.warm()
    lease = unsignedLease
    lifetime = undefined
    verdicts.take(current)
    if (!current?.tokens) return
    const receipt =
      current === pending
        ? { wall: current.receivedAt, monotonic: pendingSince }
        : receiptOf(current, keeper.unseenForMs(), clock)
    const { tokens } = current
    lease = leaseOf(current)
    lifetime = callSafely(() => startLifetime(tokens, receipt, options), known)
  }

  function perform(effect: Effect): void {
    if (effect.do === 'write') void keeper.write()
    else if (effect.do === 'announce') emit(effect.type, { from: effect.from })
    else end(effect.record, effect.reason)
  }

  function end({ sessionId, generation }: StoredSession, reason: SessionEndReason): void {
    // None where another holder of the store was refused.
    const cause = reason === 'refused' ? refresher.takeRefusal() : undefined
    const isNew = ends.add(sessionId, { reason, cause })
    // One that was refused goes on to store the end; one that the session is closed under may have
    // spent the refresh token: its tokens are stored for who comes next.
    refresher.stop(reason === 'signed-out' || reason === 'replaced')
    if (reason === 'closed' || !isNew) return
    const said = { at: clock.now(), sessionId, generation, reason }
    const event: SignedOutEvent = { type: 'signed-out', ...said, ...(cause ? { cause } : {}) }
    announcer.put(event)
    if (onSignedOut) announcer.later(() => onSignedOut(event))
  }

  /** Why a session is not in force any more. */
  function ended(sessionId: string | undefined, response?: unknown): SessionEndedError {
    const { closed, current } = state
    const how = sessionId === undefined ? undefined : ends.of(sessionId)
    const other = current?.sessionId === sessionId ? 'signed-out' : 'replaced'
    const reason = closed ? 'closed' : (how?.reason ?? other)
    return new SessionEndedError(reason, response, closed ? undefined : how?.cause)
  }

  const keeper = createKeeper({
    store,
    clock,
    cookie,
    state: () => state,
    apply,
    failed(operation, error) {
      if (!state.closed) say('store-failed', { operation, message: safeMessage(error, known) })
    },
    unknown: moved,
    degraded: (missing, message) => say('store-degraded', { missing, message }),
  })

  const refresher = createRefresher({
    options,
    keeper,
    known,
    state: () => state,
    lifetime: () => lifetime,
    apply,
    emit,
    changed,
    moved,
  })

  const gate = createGate({
    clock,
    refresher,
    state: () => state,
    lease: () => lease,
    lifetime: () => lifetime,
    isDead: verdicts.isDead,
    unreadable: keeper.unreadable,
    ended,
    held: (requestId, why, shown) => emit('held', { requestId, why, ...shown }),
    released: (requestId, outcome, waitedMs) => emit('released', { requestId, outcome, waitedMs }),
  })

  const parts: AuthorizeParts = {
    traffic: createTraffic({
      watch: announcer.watch,
      flush: announcer.flush,
      tell: (type, detail, { sessionId, generation } = lease) =>
        emit(type, { ...detail, sessionId, generation }),
      known,
    }),
    credential: options.credential,
    tokenHeaders: createTokenHeaders(),
    onEnd: gate.onEnd,
    // Listeners are told when a request is on its way or in line: they may change everything.
    tell: announcer.flush,
    decide: gate.decide,
    wait(...waiting) {
      gate.wait(...waiting)
      announcer.flush()
    },
    nextRequestId: () => ++requests,
    sent: gate.sent,
    turnedAway(used, requestId, attempt) {
      emit('turned-away', { requestId, attempt })
      const { current } = state
      return used !== lease || !current?.tokens || verdicts.turnedAway(current, attempt)
    },
    replayed: (requestId) => emit('replayed', { requestId }),
    accepted(used) {
      if (used === lease) verdicts.accepted(state.current)
    },
  }

  /** Cached: most requests are made in the session of the one before. */
  let claim: Claim = { sessionId: undefined, isUnsigned: false }
  const unsigned: Claim = { sessionId: undefined, isUnsigned: true }
  const port: SessionPort = {
    claim(signal) {
      if (refresher.isCalling() || (signal && refresher.isOwnSignal(signal))) return unsigned
      const { restoring, closed, pending } = state
      const ours = restoring ? pending : newest(state)
      const sessionId = ours?.tokens ? ours.sessionId : undefined
      if (!sessionId && !restoring && !closed) return unsigned
      if (claim.sessionId !== sessionId) claim = { sessionId, isUnsigned: false }
      return claim
    },
    authorize: (claimed, request) => authorize(parts, claimed, request),
    store,
    activity() {
      const isBusy = gate.isBusy() || keeper.isBusy()
      return state.closed ? 'closed' : isBusy ? 'busy' : 'idle'
    },
  }
  const stopWaking = onWake(refresher.warm)

  return {
    announcer,
    apply,
    emit,
    keeper,
    port,
    ended,
    isSeeking: refresher.isSeeking,
    state: () => state,
    expiresInMs: () => expiresInMs,
    lifetimeNow: () => lifetimeNow(lifetime, verdicts.isDead(), clock),
    expire(): void {
      if (state.current) verdicts.condemn(state.current)
      say('expired', {})
    },
    /** Resolves as soon as there is a lease of a later generation than `after`. */
    newer(asked: Omit<Want, 'requestId'>): Promise<Lease> {
      const want = { ...asked, requestId: undefined }
      const answer = parts.decide(want)
      if (answer instanceof Error) return Promise.reject(answer)
      if (answer) return Promise.resolve(answer)
      return new Promise((go, fail) => parts.wait(want, undefined, { go, fail, abort: fail }))
    },
    close(): PromiseLike<void> {
      keeper.close()
      stopWaking()
      const wasClosed = state.closed
      apply({ type: 'close' })
      if (!wasClosed) emit('closed', {})
      announcer.close()
      return livingFor(clock, keeper.finish(refresher.done()))
    },
  }
}
