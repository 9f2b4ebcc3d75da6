import type { SessionEndReason } from './errors.js'
import { assumedSessionId, isSameRecord } from './record.js'
import type { StoredSession } from './store.js'
import { renewedTokens, type Tokens } from './tokens.js'

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

type Step = readonly [State, readonly Effect[]]

/** Before the store is read. A cookie session is `assumed` to be there, unless the store knows better. */
export const initialState = (assumed: StoredSession | undefined): State => ({
  restoring: true,
  unread: true,
  leaving: false,
  closed: false,
  current: assumed,
  pending: undefined,
  stored: undefined,
  unseen: false,
  adopted: false,
})

/** The newest record that this holder has, given out or not. */
export const newest = (state: State): StoredSession | undefined => state.pending ?? state.current

/** All rules about sessions, generations and endings, without time or I/O. */
export function transition(state: State, event: StateEvent): Step {
  const [next, effects] = step(state, event)
  return [next, state.closed ? effects.filter((effect) => effect === write) : effects]
}

function step(state: State, event: StateEvent): Step {
  const ours = newest(state)
  switch (event.type) {
    case 'read': {
      const next = { ...state, restoring: false, unread: false, leaving: false }
      const seen = { ...next, stored: event.record }
      if (state.leaving) return leave(seen, event.at)
      return state.restoring ? restore(seen) : read(seen)
    }

    case 'unreadable': {
      const next = { ...state, restoring: false }
      if (state.leaving && ours?.tokens && !state.unseen)
        return end(next, ours, 'signed-out', event.at)
      return [next, ours ? [write] : []]
    }

    case 'sign-in':
      return [{ ...state, pending: event.record, unseen: true, adopted: false }, [write]]

    case 'received': {
      if (ours?.sessionId !== event.sessionId || !ours.tokens) return [state, []]
      // A sibling refreshed first: the loser of two refreshes adopts (G6). Where the refresh token is
      // still the one that was spent, it did not refresh: tokens were pushed to it.
      const { generation, spent } = event
      const isOvertaken = generation !== undefined && ours.generation > generation
      const isSpent = spent !== undefined && spent === ours.tokens.refreshToken
      if (isOvertaken && state.adopted && !isSpent) return [state, []]
      const pending: StoredSession = {
        version: 1,
        sessionId: ours.sessionId,
        generation: ours.generation + 1,
        receivedAt: event.receivedAt,
        tokens: renewedTokens(ours.tokens, event.tokens),
      }
      return [{ ...state, pending, adopted: false }, [write]]
    }

    case 'written': {
      const unseen = state.unseen && ours?.sessionId !== event.record.sessionId
      const next = { ...state, stored: event.record, unseen, unread: false, leaving: false }
      return publish(next, event.record)
    }

    case 'unwritable':
      return publish(state, event.record)

    case 'sign-out': {
      if (state.restoring && !state.pending) return [{ ...state, leaving: true }, []]
      const next = { ...state, leaving: state.unread }
      return ours?.tokens ? end(next, ours, 'signed-out', event.at) : [next, []]
    }

    case 'refused': {
      const { sessionId, generation } = event
      return ours?.tokens && isSameRecord(ours, { ...ours, sessionId, generation })
        ? end(state, ours, 'refused', event.at)
        : [state, []]
    }

    case 'close': {
      const live = state.current?.tokens ? state.current : undefined
      const next = { ...state, closed: true, restoring: false }
      return [next, live ? [{ do: 'end', record: live, reason: 'closed' }] : []]
    }
  }
}

const write: Effect = { do: 'write' }

/** The first look at the store. */
function restore(state: State): Step {
  const current = state.stored ?? state.current
  const next = { ...state, current }
  const ours = newest(next)
  return [next, ours && ours !== state.stored ? [write] : []]
}

/** The first look at the store, after a sign-out: who is found there, or was assumed to be, leaves. */
function leave(state: State, at: number): Step {
  const found = state.stored?.tokens ? state.stored : undefined
  // A sign-in after the sign-out is on its way there.
  if (state.unseen && newest(state)?.tokens) {
    return [state, [...(found ? [ended(found, 'signed-out')] : []), write]]
  }
  const leaver = found ?? (state.current?.tokens ? state.current : undefined)
  return leaver ? end({ ...state, current: leaver }, leaver, 'signed-out', at) : restore(state)
}

/** Every later look at the store. */
function read(state: State): Step {
  const record = state.stored
  const ours = newest(state)
  if (!ours) {
    const found = record?.tokens ? [announce('signed-in', 'store')] : []
    return [{ ...state, current: record }, found]
  }
  // Vanished: lost by the store, not signed out.
  if (!record) return [state, [write]]

  if (record.sessionId !== ours.sessionId) {
    if (!state.unseen) return adopt(state, record)
    return [state, [write]]
  }
  return readOwn({ ...state, unseen: false }, ours, record)
}

/** What the store holds of the very session that is ours. */
function readOwn(state: State, ours: StoredSession, record: StoredSession): Step {
  // A session that was signed out anywhere never lives again (G23).
  if (!ours.tokens) {
    const least = record.generation + (record.tokens ? 1 : 0)
    if (ours.generation >= least) return [state, isSameRecord(ours, record) ? [] : [write]]
    return [{ ...state, current: { ...ours, generation: least } }, [write]]
  }
  if (!record.tokens) {
    const generation = Math.max(record.generation, ours.generation)
    return adopt(state, generation === record.generation ? record : { ...record, generation })
  }
  if (record.generation > ours.generation) return adopt(state, record)
  if (record.generation < ours.generation) return [state, [write]]
  if (record.tokens.accessToken !== ours.tokens.accessToken) return adopt(state, record)
  return state.pending ? publish(state, state.pending) : [state, []]
}

/** Takes what another holder stored. */
function adopt(state: State, record: StoredSession): Step {
  const old = state.current
  const isSame = old?.sessionId === record.sessionId
  const effects: Effect[] = []
  if (old?.tokens && !(isSame && record.tokens)) {
    effects.push(...(isSame ? [ended(old, 'signed-out')] : replaced(old)))
  }
  if (record.tokens) {
    effects.push(announce(isSame && old?.tokens ? 'adopted' : 'signed-in', 'store'))
  }
  const next = { ...state, current: record, pending: undefined, unseen: false, adopted: true }
  if (!isSameRecord(record, state.stored)) effects.push(write)
  return [next, effects]
}

/** Gives out what was pending. */
function publish(state: State, record: StoredSession): Step {
  if (state.pending !== record) return [state, []]
  const old = state.current
  const isNew = old?.sessionId !== record.sessionId
  const effects: Effect[] = []
  if (old?.tokens && isNew) effects.push(...replaced(old))
  if (isNew) effects.push(announce('signed-in', 'app'))
  return [{ ...state, current: record, pending: undefined }, effects]
}

function end(state: State, ours: StoredSession, reason: SessionEndReason, at: number): Step {
  const current: StoredSession = {
    version: 1,
    sessionId: ours.sessionId,
    generation: ours.generation + 1,
    receivedAt: at,
    tokens: undefined,
  }
  // One that was only assumed, and not looked up yet, has not begun.
  const live = state.current?.tokens && !state.restoring ? [ended(state.current, reason)] : []
  return [{ ...state, current, pending: undefined }, [...live, write]]
}

const announce = (type: 'signed-in' | 'adopted', from: 'app' | 'store'): Effect => ({
  do: 'announce',
  type,
  from,
})

/** One that was only assumed has not begun, as far as anybody can tell: nobody was signed out. */
const replaced = (record: StoredSession): Effect[] =>
  record.sessionId === assumedSessionId ? [] : [ended(record, 'replaced')]

const ended = (record: StoredSession, reason: SessionEndReason): Effect => ({
  do: 'end',
  record,
  reason,
})
