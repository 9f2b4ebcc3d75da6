import { describe, expect, test } from 'vitest'

import type { StateEvent } from '../../src/core/state.js'
import { kinds, step } from './state-cases.js'
import type { Kind } from './state-cases.js'

/** What one event does in every kind of state but the closed one, to which little is done. */
export function table(
  name: string,
  event: StateEvent | ((kind: Kind) => StateEvent),
  rows: Record<Exclude<Kind, 'closed'>, string>,
): void {
  describe(name, () => {
    test.each(Object.entries(rows) as [Kind, string][])('%s: %s', (kind, expected) => {
      expect(step(kinds[kind], typeof event === 'function' ? event(kind) : event)).toBe(expected)
    })
  })
}
