import type { State } from './state-model.js'
import type { Tokens } from './tokens.js'

/** How many sets of tokens are remembered: an app may still have some of the oldest. */
const remembered = 20

/** The last tokens of a session: no message names one of them. */
export function createKnownTokens() {
  const known = new Set<Tokens>()
  return {
    known,
    learn({ current, pending, stored }: State): void {
      for (const record of [current, pending, stored]) if (record?.tokens) known.add(record.tokens)
      for (const oldest of known) if (known.size > remembered) known.delete(oldest)
    },
  }
}
