/** What one part of the soak has counted, and what it found wrong. All of it can be sent as JSON. */
export interface Report {
  readonly counts: Readonly<Record<string, number>>
  /** The first ones. */
  readonly violations: readonly string[]
  readonly violationCount: number
  /** How long the slowest request took until it was settled. */
  readonly slowestMs?: number
}

export interface Tally {
  add(name: string, by?: number): void
  violate(what: string): void
  report(): Report
}

/** As many are kept: one is enough to fail, and a soak must not fill its own heap. */
const mostKept = 20

export function createTally(): Tally {
  const counts: Record<string, number> = {}
  const violations: string[] = []
  let violationCount = 0
  return {
    add(name, by = 1) {
      counts[name] = (counts[name] ?? 0) + by
    },
    violate(what) {
      violationCount += 1
      if (violations.length < mostKept) violations.push(what)
    },
    report: () => ({ counts: { ...counts }, violations: [...violations], violationCount }),
  }
}

/** As if one had counted all of it. */
export function sumOf(reports: readonly Report[]): Report {
  const counts: Record<string, number> = {}
  for (const report of reports) {
    for (const [name, count] of Object.entries(report.counts)) {
      counts[name] = (counts[name] ?? 0) + count
    }
  }
  return {
    counts,
    violations: reports.flatMap(({ violations }) => violations),
    violationCount: reports.reduce((sum, report) => sum + report.violationCount, 0),
    slowestMs: Math.max(...reports.map(({ slowestMs = 0 }) => slowestMs)),
  }
}

/** The sum of all counts whose name begins so. */
export function countOf(report: Report, start: string): number {
  return Object.entries(report.counts).reduce(
    (sum, [name, count]) => (name.startsWith(start) ? sum + count : sum),
    0,
  )
}
