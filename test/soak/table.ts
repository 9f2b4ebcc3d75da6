import { courseOf } from './heap.js'
import type { Standing } from './soak.js'
import { countOf } from './tally.js'

const columns = [
  ['runner', 10],
  ['minute', 7],
  ['requests', 10],
  ['per s', 7],
  ['refreshes', 10],
  ['faults', 8],
  ['ends', 7],
  ['errors', 8],
] as const

export const headLine = (): string =>
  `${columns.map(([name, width]) => name.padStart(width)).join('')}  heaps (MB), promises`

const megabytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(2)

/** Requests that had no answer, of any kind. */
const errorsOf = ({ report }: Standing): number =>
  countOf(report, 'ended: ') +
  countOf(report, 'unavailable: ') +
  (report.counts['network error'] ?? 0) +
  (report.counts['aborted'] ?? 0)

export function rowOf(standing: Standing): string {
  const { runner, minutes, report, servers, samples } = standing
  const { made = 0, refreshed = 0 } = report.counts
  const values = [
    runner,
    minutes.toFixed(2),
    String(made),
    (made / (minutes * 60)).toFixed(0),
    String(refreshed),
    String(countOf(servers.orders, '')),
    String(countOf(report, 'ends told')),
    String(errorsOf(standing)),
  ]
  const row = values.map((value, index) => value.padStart(columns[index]?.[1] ?? 0)).join('')
  const heaps = Object.entries(samples).map(([name, all]) => {
    const last = all.at(-1)
    return `${name} ${megabytes(last?.heap ?? 0)}, ${last?.alive['Promise'] ?? '–'}`
  })
  return `${row}  ${heaps.join(' · ')}`
}

const list = (title: string, counts: Readonly<Record<string, number>>): string =>
  [title, ...Object.entries(counts).map(([name, count]) => `  ${name.padEnd(40)} ${count}`)].join(
    '\n',
  )

const sorted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))

export function summaryOf(standing: Standing): string {
  const { runner, minutes, report, servers, samples } = standing
  const { made = 0 } = report.counts
  const heaps = Object.entries(samples).map(([name, all]) => {
    const { start, end, slopePerMinute, span } = courseOf(all)
    const first = all[0]?.heap ?? 0
    const alive = (at: number): string => JSON.stringify(all.at(at)?.alive ?? {})
    return [
      `  ${name}: ${megabytes(first)} MB at first, ${megabytes(start)} MB at half time,`,
      `${megabytes(end)} MB at the end; second half: ${(slopePerMinute / 1024).toFixed(1)} kB`,
      `a minute, span ${(span / 1024).toFixed(0)} kB; alive ${alive(0)} → ${alive(-1)}`,
    ].join(' ')
  })
  return [
    `\n${runner}: ${made} requests in ${minutes.toFixed(2)} minutes,`,
    `${(made / (minutes * 60)).toFixed(0)} a second, the slowest ${((report.slowestMs ?? 0) / 1000).toFixed(1)} s`,
    list('What became of them', sorted(report.counts)),
    list('Faults ordered', sorted(servers.orders.counts)),
    ...servers.counts.map((counts, index) => list(`Token server ${index + 1}`, { ...counts })),
    'Heaps, after garbage collection, while nothing is under way',
    ...heaps,
  ].join('\n')
}
