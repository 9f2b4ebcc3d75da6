import type { Lane, Span } from './lane.js'

/** A duration, short: `143 ms`, `1.2 s`, `45 s`, `3 min`, `2.1 h`. */
export function inTime(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const [count, unit] =
    ms < 120_000 ? [ms / 1000, 's'] : ms < 7_200_000 ? [ms / 60_000, 'min'] : [ms / 3_600_000, 'h']
  return `${Number(count.toFixed(count < 10 ? 1 : 0))} ${unit}`
}

/** What the clock on the wall said at a time of `performance.now()`. */
export function clockOf(at: number): string {
  return new Date(Date.now() - performance.now() + at).toTimeString().slice(0, 8)
}

/** `1 request`, `12 requests`. */
export const requests = (count: number): string => `${count} request${count === 1 ? '' : 's'}`

/** `3`, or `3→4` for a request that was replayed. */
export function generationsOf({ what, spans }: Lane): string {
  const all = spans.flatMap(({ generation }) => generation ?? [])
  return [...new Set(what === 'refresh' ? all.slice(-1) : all)].join('→')
}

/** How many refreshes are said one by one. */
const refreshesSaid = 3

/** What a lane shows, for those who do not see it. No time that passes is in it. */
export function laneInWords({ what, label, spans, outcome }: Lane): string {
  const said = what === 'refresh' ? spans.slice(-refreshesSaid) : spans
  const parts = said.map(spanInWords)
  if (outcome) parts.push(outcome)
  return `${label}: ${parts.join(', ') || 'nothing yet'}`
}

function spanInWords({ kind, from, to, end, generation, attempt }: Span): string {
  const using = generation === undefined ? '' : ` generation ${generation}`
  const what = `${attempt === 2 ? 'replayed' : kind}${using}`
  if (to === undefined) return `${what}, going on`
  const how = end === 'done' ? '' : `, ${end}`
  return `${what}${how} after ${inTime(to - from)}`
}

/** Of a session's id, enough to tell sessions apart. */
export const shownOfId = 4
