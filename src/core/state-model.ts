import type { SessionEndReason } from './errors.js'
import { assumedSessionId } from './record.js'
import type { StoredSession } from './store.js'
import type { Tokens } from './tokens.js'

/** All that decides whose session it is, and which tokens are in force. */
export interface State {
  /** The store has not answered yet, nor used up its time. */
  readonly restoring: boolean
  /** The store has never been read. */
  readonly unread: boolean
  /** Signed out while unread: whoever is found there is signed out too. */
  readonly leaving: boolean
  /** Nothing is given out or told any more; what was begun is still stored. */
  readonly closed: boolean
  /** What requests are given. Absent, or without tokens: signed out. */
  readonly current: StoredSession | undefined
  /** Newer than `current`, on its way to the store, and given to nobody yet (G30). */
  readonly pending: StoredSession | undefined
  /** The refresh token that bought `pending`. */
  readonly spent: string | undefined
  /** What the store was last known to hold. */
  readonly stored: StoredSession | undefined
  /** The session began here, and the store has not seen it yet: it beats whatever is stored. */
  readonly unseen: boolean
  /** The newest generation came from the store, where another holder put it. */
  readonly adopted: boolean
}

/** What happened. */
export type StateEvent =
  /** The store was read. */
  | { readonly type: 'read'; readonly record: StoredSession | undefined; readonly at: number }
  /** The store could not be read in its time. */
  | { readonly type: 'unreadable'; readonly at: number }
  /** The app signed in; the record has an id of its own. */
  | { readonly type: 'sign-in'; readonly record: StoredSession }
  /** Newer tokens of `sessionId`: from a refresh with those of `generation`, or pushed by a server. */
  | {
      readonly type: 'received'
      readonly sessionId: string
      readonly generation: number | undefined
      /** The refresh token that bought them. */
      readonly spent: string | undefined
      readonly tokens: Tokens
      readonly receivedAt: number
    }
  /** The store holds this record now. */
  | { readonly type: 'written'; readonly record: StoredSession }
  /** The store cannot take this record now: it serves from memory (G31). */
  | { readonly type: 'unwritable'; readonly record: StoredSession }
  | { readonly type: 'sign-out'; readonly at: number }
  | {
      readonly type: 'refused'
      readonly sessionId: string
      readonly generation: number
      readonly at: number
    }
  | { readonly type: 'close' }

/** What is to be done about it, in this order. */
export type Effect =
  | { readonly do: 'end'; readonly record: StoredSession; readonly reason: SessionEndReason }
  | {
      readonly do: 'announce'
      readonly type: 'signed-in' | 'adopted'
      readonly from: 'app' | 'store'
    }
  | { readonly do: 'write' }

/** The state after an event, and what is to be done. */
export type Step = readonly [State, readonly Effect[]]

/** The newest record that this holder has, given out or not. */
export const newest = (state: State): StoredSession | undefined => state.pending ?? state.current

export const announce = (type: 'signed-in' | 'adopted', from: 'app' | 'store'): Effect => ({
  do: 'announce',
  type,
  from,
})

/** One that was only assumed has not begun, as far as anybody can tell: nobody was signed out. */
export const replaced = (record: StoredSession): Effect[] =>
  record.sessionId === assumedSessionId ? [] : [ended(record, 'replaced')]

export const ended = (record: StoredSession, reason: SessionEndReason): Effect => ({
  do: 'end',
  record,
  reason,
})

export const write: Effect = { do: 'write' }
