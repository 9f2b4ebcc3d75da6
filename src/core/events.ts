import type { SessionEndReason, UnavailableReason } from './errors.js'

/** What every event says. No event holds a token, or part of one. */
export interface EventBase<Type extends string> {
  readonly type: Type
  /** Wall clock, in milliseconds. */
  readonly at: number
  readonly sessionId: string | undefined
  readonly generation: number
}

/**
 * Why a refresh was started: beside a request, before the end of the lifetime; for a request that comes
 * after it; for one that was turned away; for one that comes when the token was called expired before, by
 * a response or by `expire()`; or because the app asked for it.
 */
export type RefreshTrigger =
  | 'ahead-of-time'
  | 'lifetime-over'
  | 'turned-away'
  | 'expired'
  | 'requested'

/** A session began: by `signIn` here, or by another holder of the store. */
export interface SignedInEvent extends EventBase<'signed-in'> {
  readonly from: 'app' | 'store'
}
/** A flight began. */
export interface RefreshStartedEvent extends EventBase<'refresh-started'> {
  readonly trigger: RefreshTrigger
}
/** A flight brought new tokens. */
export interface RefreshedEvent extends EventBase<'refreshed'> {
  readonly durationMs: number
  /** How often the refresh function was called, 1 to 3. */
  readonly tries: number
}
/** Newer tokens of this session came otherwise: from another holder of the store, or by `adopt`. */
export interface AdoptedEvent extends EventBase<'adopted'> {
  readonly from: 'app' | 'store'
}
/** A flight failed in a way that may pass; the session lives. */
export interface RefreshUnavailableEvent extends EventBase<'refresh-unavailable'> {
  readonly reason: UnavailableReason
  readonly message: string
  readonly tries: number
  /** The cool-down, in milliseconds. */
  readonly retryAfterMs: number
}
/** The store's turn did not come in time; the refresh goes on without it. */
export interface TurnMissedEvent extends EventBase<'turn-missed'> {
  readonly message: string
  readonly waitedMs: number
}
/** The store failed; the session works from memory, and writes again when it can. */
export interface StoreFailedEvent extends EventBase<'store-failed'> {
  readonly operation: 'load' | 'replace' | 'watch'
  readonly message: string
}
/** The store lacks something here, and promises less than it would; once for each thing. */
export interface StoreDegradedEvent extends EventBase<'store-degraded'> {
  /** What, such as `indexed-db` or `web-locks`: the store's docs list them. */
  readonly missing: string
  readonly message: string
}
/** A request is kept back, unsent. */
export interface HeldEvent extends EventBase<'held'> {
  /** Numbers the requests of this session object that events tell of. */
  readonly requestId: number
  readonly why: 'restoring' | 'signing-in' | 'refreshing'
  /** As in {@link SentEvent}; only while somebody listens for `sent` or `settled`. */
  readonly method?: string
  readonly path?: string
}
/** A request that waited goes on, or fails. */
export interface ReleasedEvent extends EventBase<'released'> {
  readonly requestId: number
  readonly outcome: 'sent' | 'failed' | 'aborted'
  readonly waitedMs: number
}
/** A response said that the access token had expired. */
export interface TurnedAwayEvent extends EventBase<'turned-away'> {
  readonly requestId: number
  /** 2 for a replay: its answer is handed over as it is. */
  readonly attempt: 1 | 2
}
/** A request that was turned away is sent again. */
export interface ReplayedEvent extends EventBase<'replayed'> {
  readonly requestId: number
}
/** The app said that the access token in force had expired: `expire()`. */
export interface ExpiredEvent extends EventBase<'expired'> {}
/**
 * An attempt at a request is on its way. Made only while somebody listens for it, and not in
 * `explain()`. `sessionId` and `generation` are those of its tokens: it may go without.
 */
export interface SentEvent extends EventBase<'sent'> {
  readonly requestId: number
  /** 2 for a replay. */
  readonly attempt: 1 | 2
  /** Empty where the client does not say. */
  readonly method: string
  /** Without origin, query and fragment; empty where the client does not say. */
  readonly path: string
}
/**
 * A request has its outcome: its caller is told next. Made only while somebody listens for it, and
 * not in `explain()`.
 */
export interface SettledEvent extends EventBase<'settled'> {
  readonly requestId: number
  /** `answered`: there was a response, whatever it says; `failed`: there was none. */
  readonly outcome: 'answered' | 'failed' | 'aborted'
}
/** The app let go of the session by `close()`: the last event of all. Who was signed in stays so. */
export interface ClosedEvent extends EventBase<'closed'> {}
/** A session ended. */
export interface SignedOutEvent extends EventBase<'signed-out'> {
  readonly reason: Exclude<SessionEndReason, 'closed'>
  /** For `refused`, where it was refused here: the refusal, with name, message, code and status. */
  readonly cause?: unknown
}

/** All events, by name. */
export interface SessionEvents {
  'signed-in': SignedInEvent
  'refresh-started': RefreshStartedEvent
  refreshed: RefreshedEvent
  adopted: AdoptedEvent
  'refresh-unavailable': RefreshUnavailableEvent
  'turn-missed': TurnMissedEvent
  'store-failed': StoreFailedEvent
  'store-degraded': StoreDegradedEvent
  held: HeldEvent
  released: ReleasedEvent
  'turned-away': TurnedAwayEvent
  replayed: ReplayedEvent
  expired: ExpiredEvent
  sent: SentEvent
  settled: SettledEvent
  closed: ClosedEvent
  'signed-out': SignedOutEvent
}

/** Any event. */
export type SessionEvent = SessionEvents[keyof SessionEvents]

/** An event without what all have in common. */
export type EventDetail<E extends keyof SessionEvents> = Omit<
  SessionEvents[E],
  keyof EventBase<string>
>
