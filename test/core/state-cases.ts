import type { StoredSession } from 'unexpired'

import { initialState, transition } from '../../src/core/state.js'
import type { Effect, State, StateEvent } from '../../src/core/state.js'

/** A record of a session, live unless it says otherwise. */
export const record = (
  sessionId: string,
  generation: number,
  accessToken: string | undefined = `${sessionId}${generation}`,
): StoredSession => ({
  version: 1,
  sessionId,
  generation,
  receivedAt: 0,
  tokens: { accessToken, refreshToken: `refresh-${accessToken}` },
})

/** A record of a session that was signed out. */
export const tombstone = (sessionId: string, generation: number): StoredSession => ({
  version: 1,
  sessionId,
  generation,
  receivedAt: 9,
  tokens: undefined,
})

/** The store was read, and held this. */
export const read = (stored: StoredSession | undefined): StateEvent => ({
  type: 'read',
  record: stored,
  at: 9,
})

/** Where a session can stand. Each is reached by events alone. */
export const kinds = {
  restoring: initialState(undefined),
  'restoring, assumed': initialState(record('cookie', 1)),
  unreadable: after(initialState(undefined), { type: 'unreadable', at: 9 }),
  leaving: after(initialState(undefined), { type: 'sign-out', at: 9 }),
  'signed out': after(initialState(undefined), read(undefined)),
  live: after(initialState(undefined), read(record('a', 3))),
  'pending sign-in': after(initialState(undefined), read(record('a', 3)), {
    type: 'sign-in',
    record: record('b', 1),
  }),
  'first sign-in pending': after(initialState(undefined), read(undefined), {
    type: 'sign-in',
    record: record('b', 1),
  }),
  'pending refresh': after(initialState(undefined), read(record('a', 3)), received('a', 3, 'a4')),
  unseen: afterUnwritable(),
  tombstone: after(initialState(undefined), read(record('a', 3)), { type: 'sign-out', at: 9 }),
  closed: after(initialState(undefined), read(record('a', 3)), { type: 'close' }),
} satisfies Record<string, State>

export type Kind = keyof typeof kinds

/** New tokens, as a refresh brings them, or as they are pushed where no generation is given. */
export function received(
  sessionId: string,
  generation: number | undefined,
  accessToken: string,
): StateEvent {
  const tokens = { accessToken, refreshToken: `refresh-${accessToken}` }
  const spent = generation === undefined ? undefined : `refresh-${sessionId}${generation}`
  return { type: 'received', sessionId, generation, spent, tokens, receivedAt: 0 }
}

export function after(start: State, ...events: readonly StateEvent[]): State {
  return events.reduce((state, event) => transition(state, event)[0], start)
}

/** Signed in while the store could not be written. */
function afterUnwritable(): State {
  const begun = record('b', 1)
  return after(
    initialState(undefined),
    read(undefined),
    { type: 'sign-in', record: begun },
    { type: 'unwritable', record: begun },
  )
}

/** A record in a word: `a3` is live, `†a4` was signed out, `-` is none. */
function brief(stored: StoredSession | undefined): string {
  if (!stored) return '-'
  const id = `${stored.sessionId}${stored.generation}`
  if (!stored.tokens) return `†${id}`
  return stored.tokens.accessToken === id ? id : `${id}(${stored.tokens.accessToken})`
}

/** An effect in a few words. */
function briefEffect(effect: Effect): string {
  if (effect.do === 'end') return `end ${brief(effect.record)} ${effect.reason}`
  return effect.do === 'write' ? 'write' : `${effect.type} by ${effect.from}`
}

/** What an event does to a state, in a line: what is in force, what is pending, what is to be done. */
export function step(state: State, event: StateEvent): string {
  const [next, effects] = transition(state, event)
  const flags = [
    next.unseen && 'unseen',
    next.leaving && 'leaving',
    next.restoring && 'restoring',
    next.closed && 'closed',
  ]
  return [
    brief(next.current),
    next.pending ? `+${brief(next.pending)}` : '',
    ...flags.map((flag) => (flag ? `(${flag})` : '')),
    effects.length ? `→ ${effects.map(briefEffect).join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(' ')
}
