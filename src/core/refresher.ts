import { pauseAfter } from './cool-down.js'
import type { EventDetail, RefreshTrigger, SessionEvents } from './events.js'
import { fly, type FlightParts, type Unavailable } from './flight.js'
import { storeDeadlineMs, type createKeeper } from './keeper.js'
import { ageMs, type Lifetime } from './lifetime.js'
import type { ReadyOptions } from './options.js'
import { within } from './promises.js'
import type { State, StateEvent } from './state.js'
import type { StoredSession } from './store.js'

/** What is needed of the session around it. */
export interface RefresherHost {
  readonly options: ReadyOptions
  readonly keeper: ReturnType<typeof createKeeper>
  readonly known: FlightParts['known']
  state(): State
  lifetime(): Lifetime | undefined
  apply(event: StateEvent): void
  emit<E extends keyof SessionEvents>(type: E, detail: EventDetail<E>): void
  /** The status changed: who wants to know is told next. */
  changed(): void
  /** Something changed that is not in the state: whoever waits is looked at again. */
  moved(): void
}

/** The cool-down after a refresh that was unavailable. */
export interface CoolDown {
  /** By the monotonic clock. */
  readonly until: number
  readonly after: Unavailable
}

interface Flight {
  readonly controller: AbortController
  /** Of the try under way. */
  signal: AbortSignal | undefined
  /** What that try is made with. */
  tried: StoredSession
}

/** One flight at a time, and the cool-down after one that failed. */
export function createRefresher(host: RefresherHost) {
  const { options, keeper, known, state, lifetime, apply, emit, changed, moved } = host
  const { clock, store, cookie, refused, refreshTimeoutMs: timeoutMs } = options
  let flight: Flight | undefined
  let failures = 0
  let coolDown: CoolDown | undefined
  let refusal: unknown
  let isCalling = false
  /** Until the last flight has stored what it brought, and given its turn back. */
  let done: Promise<void> = Promise.resolve()
  let turn: Promise<unknown> = done

  function refresh(own: Flight, request: Parameters<ReadyOptions['refresh']>[0]): unknown {
    own.signal = request.signal
    own.tried = state().current ?? own.tried
    isCalling = true
    try {
      return options.refresh(request)
    } finally {
      isCalling = false
    }
  }

  /** Whether the newest tokens are past their lifetime, as far as the clock tells. */
  function isOver(): boolean {
    const current = lifetime()
    return !!current && ageMs(current, clock) >= current.totalMs
  }

  /** The gate asks for it where there are tokens, and none is under way. */
  function launch(trigger: RefreshTrigger): void {
    const { current: base, pending } = state()
    // What is about to be replaced is not refreshed any more.
    if (!base?.tokens || (pending && pending.sessionId !== base.sessionId)) return
    const controller = new AbortController()
    const own: Flight = { controller, signal: undefined, tried: base }
    flight = own
    emit('refresh-started', { trigger })
    changed()
    done = fly({
      base,
      store,
      clock,
      cookie,
      timeoutMs,
      refused,
      known,
      state,
      apply,
      signal: controller.signal,
      read: keeper.read,
      write: keeper.write,
      written: keeper.written,
      refresh: (request) => refresh(own, request),
      isOver,
      onRefused(cause) {
        refusal = cause
      },
      onTurn(over) {
        turn = over
      },
      onRefreshed: (tries, durationMs) => emit('refreshed', { tries, durationMs }),
      onTurnMissed: (message, waitedMs) => emit('turn-missed', { message, waitedMs }),
    }).then(
      (result) => land(own, result),
      // Nothing in a flight throws; should it, nobody hangs.
      () =>
        land(own, {
          reason: 'network',
          message: 'it broke',
          cause: undefined,
          tries: 0,
          retryAfterMs: 0,
        }),
    )
  }

  function land(own: Flight, unavailable: Unavailable | undefined): void {
    if (flight !== own) return
    flight = undefined
    // Newer tokens may have come otherwise: then nothing is unavailable.
    if (unavailable && state().current === own.tried) {
      const { reason, message, tries, retryAfterMs: asked } = unavailable
      const retryAfterMs = asked || pauseAfter(++failures)
      coolDown = { until: clock.monotonic() + retryAfterMs, after: unavailable }
      emit('refresh-unavailable', { reason, message, tries, retryAfterMs })
    }
    moved()
  }

  return {
    launch,
    /** Newer tokens came from elsewhere: a flight that only waits for its turn is over. */
    yield(): void {
      if (!flight || flight.signal || isOver()) return
      flight.controller.abort()
      flight = undefined
    },
    /** Lets go of the flight, and aborts it where nobody wants its result any more. */
    stop(isUnwanted: boolean): void {
      // One that waits for its turn has spent nothing.
      if (isUnwanted || !flight?.signal) flight?.controller.abort()
      flight = undefined
    },
    /** Ends the cool-down: newer tokens came, or the network is back. */
    warm(): void {
      failures = 0
      coolDown = undefined
    },
    isFlying: () => !!flight,
    /** Resolves when nothing is under way; a store that never settles is not waited for. */
    async done(): Promise<void> {
      await done
      await within(clock, storeDeadlineMs, () => turn).catch(() => undefined)
    },
    /** Tokens are being sought. A flight may have found some, and not have landed yet. */
    isSeeking: () => !!flight && flight.tried === state().current,
    coolDown: () => coolDown,
    /** What the last refusal was, for the session that it ended. */
    takeRefusal(): unknown {
      const taken = refusal
      refusal = undefined
      return taken
    },
    /** The app's refresh function is being called: what is called meanwhile is called by it. */
    isCalling: () => isCalling,
    isOwnSignal: (signal: unknown) => signal === flight?.signal,
  }
}

export type Refresher = ReturnType<typeof createRefresher>
