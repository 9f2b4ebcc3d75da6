import { leave, read, restore } from './reading.js'
import { isSameRecord } from './record.js'
import { newest, write, type State, type StateEvent, type Step } from './state-model.js'
import { end, publish } from './steps.js'
import type { StoredSession } from './store.js'
import { renewedTokens } from './tokens.js'

export { newest } from './state-model.js'
export type { Effect, State, StateEvent } from './state-model.js'

/** Before the store is read. A cookie session is `assumed` to be there, unless the store knows better. */
export const initialState = (assumed: StoredSession | undefined): State => ({
  restoring: true,
  unread: true,
  leaving: false,
  closed: false,
  current: assumed,
  pending: undefined,
  spent: undefined,
  stored: undefined,
  unseen: false,
  adopted: false,
})

/** All rules about sessions, generations and endings, without time or I/O. */
export function transition(state: State, event: StateEvent): Step {
  const [next, effects] = step(state, event)
  return [next, state.closed ? effects.filter((effect) => effect === write) : effects]
}

function step(state: State, event: StateEvent): Step {
  const ours = newest(state)
  switch (event.type) {
    case 'read': {
      // A sign-in that was signed out again before the first look beats nothing that is found.
      const unseen = state.unseen && !(state.unread && !ours?.tokens)
      const next = { ...state, restoring: false, unread: false, leaving: false, unseen }
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
      return [
        { ...state, pending: event.record, spent: undefined, unseen: true, adopted: false },
        [write],
      ]

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
      return [{ ...state, pending, spent, adopted: false }, [write]]
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
