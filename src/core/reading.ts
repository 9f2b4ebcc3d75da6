import { isSameRecord } from './record.js'
import {
  announce,
  ended,
  newest,
  replaced,
  write,
  type Effect,
  type State,
  type Step,
} from './state-model.js'
import { end, publish } from './steps.js'
import type { StoredSession } from './store.js'

/** The first look at the store. */
export function restore(state: State): Step {
  const current = state.stored ?? state.current
  const next = { ...state, current }
  const ours = newest(next)
  return [next, ours && ours !== state.stored ? [write] : []]
}

/** The first look at the store, after a sign-out: who is found there, or was assumed to be, leaves. */
export function leave(state: State, at: number): Step {
  const ours = newest(state)
  const found = state.stored
  const isOwn = found && found.sessionId === ours?.sessionId
  // A sign-in after the sign-out is on its way there; what is found was never in force here.
  if (state.unseen && ours?.tokens) return isOwn ? read(state) : [state, [write]]
  // One that was assumed to be there, and is; or one that has ended here, as the record will say.
  if (isOwn) {
    // Where it has been refreshed since, an end of the same generation would be taken for what is there.
    const last = found.generation > ours.generation ? found : ours
    return ours.tokens ? end(state, last, 'signed-out', at) : read(state)
  }
  const assumed = state.current?.tokens && !found ? state.current : undefined
  const leaver = found?.tokens ? found : assumed
  return leaver ? end({ ...state, current: leaver }, leaver, 'signed-out', at) : restore(state)
}

/** Every later look at the store. */
export function read(state: State): Step {
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
    return adopt(state, { ...record, generation })
  }
  const { pending, spent } = state
  const isOlder = spent !== undefined && spent === record.tokens.refreshToken
  if (pending && isOlder && record.generation >= ours.generation) {
    // It still has the refresh token that bought ours: it was pushed there meanwhile.
    return [{ ...state, pending: { ...pending, generation: record.generation + 1 } }, [write]]
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
    effects.push(
      ...(isSame
        ? [ended(old, record.reason === 'refused' ? 'refused' : 'signed-out')]
        : replaced(old)),
    )
  }
  if (record.tokens) {
    effects.push(announce(isSame && old?.tokens ? 'adopted' : 'signed-in', 'store'))
  }
  const next = { ...state, current: record, pending: undefined, unseen: false, adopted: true }
  if (!isSameRecord(record, state.stored)) effects.push(write)
  return [next, effects]
}
