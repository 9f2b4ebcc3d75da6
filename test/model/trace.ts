import { createTrace as createLazyTrace } from '../simulation/trace.js'
import type { ModelClock } from './model-clock.js'

/** What happened in one run, in order, and what was broken first. */
export interface Trace {
  note(line: string): void
  /** Records a broken rule. It is thrown by `check`: here, the session would only swallow it. */
  breaks(rule: string, detail: string): void
  /** @throws Violation the first one, if any */
  check(): void
}

export function createTrace(clock: ModelClock): Trace {
  const trace = createLazyTrace(() => clock.monotonic(), true)
  return { ...trace, note: (line) => trace.note(() => line) }
}
