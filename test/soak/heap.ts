import type { Measure } from './measure.js'

/** A measure, and when it was taken: minutes since the start. */
export interface Sample extends Measure {
  readonly minute: number
}

/** What a flat heap may still do, in its second half. Bytes. */
export interface HeapBounds {
  readonly slopePerMinute: number
  readonly span: number
}

/** How a heap went in the second half of its samples. Bytes. */
export interface HeapCourse {
  readonly start: number
  readonly end: number
  readonly slopePerMinute: number
  readonly span: number
}

/** What is measured at first is still being compiled, and pools are being filled. */
const secondHalf = (samples: readonly Sample[]): readonly Sample[] =>
  samples.slice(Math.floor(samples.length / 2))

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The slope of the line that lies closest to the points: least squares. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const x = mean(points.map((point) => point.x))
  const y = mean(points.map((point) => point.y))
  const across = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  if (across === 0) return 0
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / across
}

export function courseOf(samples: readonly Sample[]): HeapCourse {
  const later = secondHalf(samples)
  const heaps = later.map(({ heap }) => heap)
  return {
    start: later[0]?.heap ?? 0,
    end: later.at(-1)?.heap ?? 0,
    slopePerMinute: slopeOf(later.map(({ minute, heap }) => ({ x: minute, y: heap }))),
    span: Math.max(...heaps) - Math.min(...heaps),
  }
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} kB`

/** What is wrong with it. */
export function judgeHeap(
  name: string,
  samples: readonly Sample[],
  bounds: HeapBounds,
): readonly string[] {
  const { slopePerMinute, span } = courseOf(samples)
  const wrong: string[] = []
  if (slopePerMinute > bounds.slopePerMinute) {
    wrong.push(
      `${name}: the heap grows by ${kilobytes(slopePerMinute)} a minute,` +
        ` more than ${kilobytes(bounds.slopePerMinute)}`,
    )
  }
  if (span > bounds.span) {
    wrong.push(`${name}: the heap moves by ${kilobytes(span)}, more than ${kilobytes(bounds.span)}`)
  }
  return wrong
}

/**
 * What is alive goes up and down with pools, timers and guests, and with the causes of the last ends, but not
 * on and on: on average, the last quarter may have no more than the one before it, and a little.
 */
export function judgeAlive(
  name: string,
  samples: readonly Sample[],
  mostGrowth: number,
): readonly string[] {
  const later = secondHalf(samples)
  const middle = Math.ceil(later.length / 2)
  const average = (some: readonly Sample[], what: string): number =>
    Math.round(mean(some.map(({ alive }) => alive[what] ?? 0)))
  return Object.keys(later.at(-1)?.alive ?? {})
    .map((what) => ({
      what,
      before: average(later.slice(0, middle), what),
      after: average(later.slice(middle), what),
    }))
    .filter(({ before, after }) => after - before > mostGrowth)
    .map(({ what, before, after }) => `${name}: ${what}: ${before} before, ${after} at the end`)
}
