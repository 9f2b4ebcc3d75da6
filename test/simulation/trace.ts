/** A promise of the session that a run has seen broken. */
export class Violation extends Error {
  constructor(
    readonly rule: string,
    readonly detail: string,
    readonly lines: readonly string[],
  ) {
    super(`${rule}\n  ${detail}\n\nwhat happened, in order:\n${lines.join('\n')}\n`)
    this.name = 'Violation'
  }
}

/** What happened in one run, in order, and what was broken first. */
export function createTrace(now: () => number, isWritten: boolean) {
  const lines: string[] = []
  let broken: { readonly rule: string; readonly detail: string } | undefined

  /** Called for its text only where somebody will read it: a million runs do without. */
  function note(line: () => string): void {
    if (isWritten) lines.push(`${(now() / 1000).toFixed(3).padStart(10)}s  ${line()}`)
  }

  return {
    note,
    /** It is thrown by `check`: here, the session would only swallow it. */
    breaks(rule: string, detail: string): void {
      note(() => `✗ ${rule}: ${detail}`)
      broken ??= { rule, detail }
    },
    /** @throws Violation the first one, if any */
    check(): void {
      if (broken) throw new Violation(broken.rule, broken.detail, lines)
    },
  }
}
