import fc from 'fast-check'
import { expect, test } from 'vitest'

import { isSameRecord } from '../../src/core/record.js'
import { initialState, transition } from '../../src/core/state.js'
import type { StateEvent } from '../../src/core/state.js'
import { read, record, tombstone } from './state-cases.js'
import { mayBeGivenOut, moves, newWorld, run } from './state-world.js'

/** A mutation run looks at fewer. */
const numRuns = Number(process.env['UNEXPIRED_STATE_RUNS'] ?? 2_000)

const anyMove = fc.record({
  by: fc.nat(2),
  move: fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...moves.slice(0, -1)) },
    // Rarely closed, or most runs would be short.
    { weight: 1, arbitrary: fc.constant('close' as const) },
  ),
})

const anyMoves = fc.array(anyMove, { maxLength: 80, size: 'max' })

test('whatever three holders of a store do in whatever order, no rule is broken', () => {
  fc.assert(
    fc.property(anyMoves, fc.boolean(), (all, isCookie) => {
      const world = newWorld(isCookie ? record('cookie', 1) : undefined)
      for (const move of all) run(world, move)

      // Left alone, they come to agree.
      const rest = ['write-ends', 'read', 'write-begins', 'write-ends'] as const
      for (let round = 0; round < 8; round += 1) {
        for (const by of [0, 1, 2]) for (const move of rest) run(world, { by, move })
      }
      for (const { state } of world.holders) {
        if (state.closed) continue
        expect(state.pending, 'nothing stays pending').toBeUndefined()
        expect(isSameRecord(state.current, world.stored), 'all hold the same').toBe(true)
        expect(state.current?.tokens?.accessToken).toBe(world.stored?.tokens?.accessToken)
      }
    }),
    { numRuns },
  )
}, 60_000)

const anyRecord = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    generation: fc.integer({ min: 1, max: 4 }),
    live: fc.boolean(),
  })
  .map(({ id, generation, live }) => (live ? record(id, generation) : tombstone(id, generation)))

const anyEvent: fc.Arbitrary<StateEvent> = fc.oneof(
  fc.option(anyRecord, { nil: undefined }).map(read),
  fc.constant<StateEvent>({ type: 'unreadable', at: 9 }),
  fc.record({
    type: fc.constantFrom('sign-in' as const, 'written' as const, 'unwritable' as const),
    record: anyRecord,
  }),
  fc.record({
    type: fc.constant('received' as const),
    sessionId: fc.constantFrom('a', 'b', 'c'),
    generation: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    spent: fc.constantFrom(undefined, 'refresh-a1', 'refresh-a2'),
    tokens: fc.record({ accessToken: fc.constantFrom('x', 'y') }),
    receivedAt: fc.constant(0),
  }),
  fc.record({
    type: fc.constant('refused' as const),
    sessionId: fc.constantFrom('a', 'b', 'c'),
    generation: fc.integer({ min: 1, max: 4 }),
    at: fc.constant(9),
  }),
  fc.constant<StateEvent>({ type: 'sign-out', at: 9 }),
)

test('even events that make no sense never give out what is pending, nor wake what is closed', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40, size: 'max' }), fc.nat(40), (all, closedAt) => {
      let state = initialState(undefined)
      for (const [index, event] of all.entries()) {
        const before = state
        const [next, effects] = transition(before, event)
        state = index === closedAt ? transition(next, { type: 'close' })[0] : next
        if (before.closed) expect(effects.every((effect) => effect.do === 'write')).toBe(true)
        expect(next.closed).toBe(before.closed)
        const isNew = next.current !== before.current
        if (isNew && next.current?.tokens) expect(mayBeGivenOut(event, next.current)).toBe(true)
        const ends = effects.filter((effect) => effect.do === 'end')
        expect(ends.length).toBeLessThanOrEqual(1)
        const found = event.type === 'read' ? event.record : undefined
        for (const end of ends) expect([before.current, found]).toContain(end.record)
      }
    }),
    { numRuns },
  )
}, 60_000)
