import type { ModelClock } from './model-clock.js'

/** A promise of the session that a run has seen broken. The message holds the whole run. */
export class Violation extends Error {
  constructor(
    readonly rule: string,
    detail: string,
    lines: readonly string[],
  ) {
    super(`${rule}\n  ${detail}\n\nwhat happened, in order:\n${lines.join('\n')}\n`)
    this.name = 'Violation'
  }
}

/** What happened in one run, in order, and what was broken first. */
export interface Trace {
  note(line: string): void
  /** Records a broken rule. It is thrown by `check`: here, the session would only swallow it. */
  breaks(rule: string, detail: string): void
  /** @throws Violation the first one, if any */
  check(): void
}

export function createTrace(clock: ModelClock): Trace {
  const lines: string[] = []
  let broken: { readonly rule: string; readonly detail: string } | undefined

  function note(line: string): void {
    lines.push(`  ${(clock.monotonic() / 1000).toFixed(1).padStart(7)}s  ${line}`)
  }

  return {
    note,
    breaks(rule, detail) {
      note(`✗ ${rule}: ${detail}`)
      broken ??= { rule, detail }
    },
    check() {
      if (broken) throw new Violation(broken.rule, broken.detail, lines)
    },
  }
}
