import { expect } from 'vitest'

import type { StoredSession } from 'unexpired'

import { isSameRecord } from '../../src/core/record.js'
import { initialState, newest, transition } from '../../src/core/state.js'
import type { State, StateEvent } from '../../src/core/state.js'
import { read, record } from './state-cases.js'

/** One holder of a shared store, with what it was seen to do. */
interface Holder {
  state: State
  /** What a refresh under way was started with. */
  base: StoredSession | undefined
  /** A write that has reached the store, and whose answer is on its way. */
  writing: { readonly record: StoredSession; readonly isWritten: boolean } | undefined
  /** Sessions that ended here, with how often. */
  readonly ended: Map<string, number>
  /** Sessions that were signed out or refused here. */
  readonly dead: Set<string>
  /** The highest generation in force of each session. */
  readonly generations: Map<string, number>
}

/** A store with compare-and-swap, and three that share it. */
export interface World {
  stored: StoredSession | undefined
  readonly holders: readonly Holder[]
  /** Sessions whose place in the store another one took. */
  readonly overwritten: Set<string>
  names: number
}

export const moves = [
  'sign-in',
  'sign-out',
  'start-refresh',
  'end-refresh',
  'refuse',
  'push',
  'read',
  'read-fails',
  'write-begins',
  'write-ends',
  'write-loses-its-answer',
  'write-fails',
  'close',
] as const

export interface Move {
  readonly by: number
  readonly move: (typeof moves)[number]
}

const newHolder = (assumed: StoredSession | undefined): Holder => ({
  state: initialState(assumed),
  base: undefined,
  writing: undefined,
  ended: new Map(),
  dead: new Set(),
  generations: new Map(),
})

/** Three holders; those of a cookie session all assume the same one. */
export const newWorld = (assumed: StoredSession | undefined): World => ({
  stored: undefined,
  holders: [newHolder(assumed), newHolder(assumed), newHolder(assumed)],
  overwritten: new Set(),
  names: 0,
})

/** Does one event to one holder, and checks what must hold after every one. */
function happen(holder: Holder, event: StateEvent): void {
  const before = holder.state
  const [next, effects] = transition(before, event)
  holder.state = next

  if (before.closed) {
    expect(next.closed, 'closed is final').toBe(true)
    for (const effect of effects) expect(effect.do, 'all that is left is to store').toBe('write')
  }
  for (const effect of effects) {
    if (effect.do !== 'end') continue
    const { sessionId } = effect.record
    holder.ended.set(sessionId, (holder.ended.get(sessionId) ?? 0) + 1)
    expect(holder.ended.get(sessionId), `${sessionId} ends once`).toBe(1)
    // Whoever signed out before the store was read ends what is found there.
    const found = before.leaving && event.type === 'read' ? event.record : before.current
    expect([before.current, found], 'only what was in force ends').toContain(effect.record)
    if (effect.reason === 'refused' || effect.reason === 'signed-out') holder.dead.add(sessionId)
  }
  const { current } = next
  if (current?.tokens && !next.closed) {
    expect(holder.dead, 'what was signed out has no tokens').not.toContain(current.sessionId)
  }
  if (current && current !== before.current && !isAssumed(current)) {
    const highest = holder.generations.get(current.sessionId) ?? 0
    expect(current.generation, 'a generation never goes down').toBeGreaterThanOrEqual(highest)
    holder.generations.set(current.sessionId, current.generation)
    if (current.tokens) expect(mayBeGivenOut(event, current), 'it is stored first').toBe(true)
  }
}

/** A cookie session that was never signed in to: each page begins it anew, under the same id. */
const isAssumed = ({ sessionId }: StoredSession): boolean => sessionId === 'cookie'

/** G30: tokens come into force by being read, written, or found to be unwritable; by nothing else. */
export function mayBeGivenOut(event: StateEvent, current: StoredSession): boolean {
  if (event.type === 'written' || event.type === 'unwritable') return event.record === current
  return (
    event.type === 'read' &&
    isSameRecord(event.record, current) &&
    event.record?.tokens?.accessToken === current.tokens?.accessToken
  )
}

/** As the keeper writes: the newest, by compare-and-swap. */
function beginWrite(world: World, holder: Holder): void {
  const { restoring, closed, stored } = holder.state
  const next = newest(holder.state)
  if (holder.writing || restoring || closed || !next || isSameRecord(next, stored)) return
  const isWritten = isSameRecord(world.stored, stored)
  holder.writing = { record: next, isWritten }
  if (!isWritten) return
  const old = world.stored?.sessionId
  if (old !== undefined && old !== next.sessionId) world.overwritten.add(old)
  if (!isAssumed(next)) {
    expect(world.overwritten, 'what was replaced stays so').not.toContain(next.sessionId)
  }
  world.stored = next
}

/** The answer of the store comes; what it holds is read when it held something else. */
function endWrite(world: World, holder: Holder): void {
  const { writing } = holder
  holder.writing = undefined
  if (!writing) return
  if (writing.isWritten) happen(holder, { type: 'written', record: writing.record })
  else happen(holder, read(world.stored))
}

function failWrite(holder: Holder): void {
  const ours = newest(holder.state)
  if (ours) happen(holder, { type: 'unwritable', record: ours })
}

export function run(world: World, { by, move }: Move): void {
  const holder = world.holders[by % world.holders.length] ?? newHolder(undefined)
  const { state, base } = holder
  // A closed session starts nothing, and one that is restoring nothing that needs tokens.
  if (state.closed && ['sign-in', 'start-refresh', 'push'].includes(move)) return
  if (state.restoring && ['start-refresh', 'push'].includes(move)) return
  switch (move) {
    case 'sign-in':
      return happen(holder, { type: 'sign-in', record: record(`s${(world.names += 1)}-`, 1) })
    case 'sign-out':
      return happen(holder, { type: 'sign-out', at: 9 })
    case 'start-refresh':
      holder.base = state.current?.tokens ? state.current : undefined
      return
    case 'end-refresh':
    case 'push': {
      const of = move === 'push' ? state.current : base
      if (!of) return
      const tokens = { accessToken: `t${(world.names += 1)}` }
      const generation = move === 'push' ? undefined : of.generation
      const { sessionId } = of
      const spent = move === 'push' ? undefined : of.tokens?.refreshToken
      return happen(holder, {
        type: 'received',
        sessionId,
        generation,
        spent,
        tokens,
        receivedAt: 0,
      })
    }
    case 'refuse': {
      if (!base) return
      const { sessionId, generation } = base
      return happen(holder, { type: 'refused', sessionId, generation, at: 9 })
    }
    case 'read':
      // The keeper calls the store for one thing at a time.
      if (!holder.writing) happen(holder, read(world.stored))
      return
    case 'read-fails':
      // An assumed session has the same id everywhere, and would then end twice for who replaced it.
      if (state.restoring && !state.current) happen(holder, { type: 'unreadable', at: 9 })
      return
    case 'write-begins':
      return beginWrite(world, holder)
    case 'write-ends':
      return endWrite(world, holder)
    case 'write-loses-its-answer':
      // Not of a sign-in: nothing would tell it from one that the store has never seen.
      if (!holder.writing || state.unseen) return
      holder.writing = undefined
      return failWrite(holder)
    case 'write-fails':
      if (!holder.writing && !state.restoring) failWrite(holder)
      return
    case 'close':
      return happen(holder, { type: 'close' })
  }
}
