import type {
  AdoptedEvent,
  HeldEvent,
  RefreshedEvent,
  RefreshTrigger,
  RefreshUnavailableEvent,
  SessionEvent,
  SignedOutEvent,
} from '../index.js'

/** What is counted: `again` are replays that were turned away, the last three are ends of holding. */
export type Count = 'turned-away' | 'again' | 'held' | 'replayed' | 'sent' | 'failed' | 'aborted'

/** A refresh, and what became of the requests around it. */
export interface Flight {
  readonly what: 'flight'
  readonly id: number
  /** When it began, by `performance.now()`. */
  readonly at: number
  readonly counts: Partial<Record<Count, number>>
  /** Why there was a refresh; absent where there was none here. */
  trigger?: RefreshTrigger
  /** Why requests were held last. */
  why?: HeldEvent['why']
  /** The first request that was turned away. */
  first?: number
  /** The longest. */
  heldMs?: number
  end?: AdoptedEvent | RefreshedEvent | RefreshUnavailableEvent | SignedOutEvent
}

/** What happened in a moment, perhaps several times in a row. */
export interface Moment {
  readonly what: 'moment'
  readonly id: number
  readonly at: number
  event: SessionEvent
  times: number
}

/** What belongs together in the list of events. */
export type Chapter = Flight | Moment
