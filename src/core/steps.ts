import type { SessionEndReason } from './errors.js'
import {
  announce,
  ended,
  replaced,
  write,
  type Effect,
  type State,
  type Step,
} from './state-model.js'
import type { StoredSession } from './store.js'

/** Gives out what was pending. */
export function publish(state: State, record: StoredSession): Step {
  if (state.pending !== record) return [state, []]
  const old = state.current
  const isNew = old?.sessionId !== record.sessionId
  const effects: Effect[] = []
  if (old?.tokens && isNew) effects.push(...replaced(old))
  if (isNew) effects.push(announce('signed-in', 'app'))
  return [{ ...state, current: record, pending: undefined }, effects]
}

/** Ends the session that is ours; the record says so to everyone on the store. */
export function end(state: State, ours: StoredSession, reason: SessionEndReason, at: number): Step {
  const current: StoredSession = {
    version: 1,
    sessionId: ours.sessionId,
    generation: ours.generation + 1,
    receivedAt: at,
    tokens: undefined,
    ...(reason === 'refused' ? { reason } : {}),
  }
  // One that was only assumed, and not looked up yet, has not begun.
  const live = state.current?.tokens && !state.restoring ? [ended(state.current, reason)] : []
  return [{ ...state, current, pending: undefined }, [...live, write]]
}
