import type { Cell, Played } from './cell.js'
import { rows, type Phase, type Row } from './rows.js'

/** For which answers of 401 a client knows that they are: it has the status, and lacks some of the body. */
export interface Ways {
  readonly knowsCut401: boolean
  readonly knowsStalled401: boolean
  /** Whether an error of a refresh says so, too: then a refusal is known by it. */
  readonly tellsCut401?: true
}

/** The row for a cell. */
function rowOf({ phase, fault }: Cell, played: Played, ways: Ways): Row {
  const isSpent = fault.isProcessed && !played.forgives
  if (phase === 'refreshes' && isSpent && fault.gives === 'error' && fault.showsStatus) {
    return ways.tellsCut401 ? rows.refresh.spent.error : rows.refreshes.spent.error
  }
  const isKnown = fault.gives === 'error' ? ways.knowsCut401 : ways.knowsStalled401
  const isTurnedAway = phase === 'turned away' && fault.showsStatus && isKnown
  const row = rows[phase][isSpent ? 'spent' : 'fine'][isTurnedAway ? 'answer' : fault.gives]
  // Nobody gets an answer, so nobody hears that the token is dead.
  return fault.act === 'refuse' && phase === 'turned away'
    ? { ...row, rest: row.hit, tries: [0] }
    : row
}

const isOfRefresh = (phase: Phase): boolean => phase === 'refresh' || phase === 'refreshes'

/** What was not as promised, each with the number of the promise. */
export function judge(cell: Cell, played: Played, ways: Ways): string[] {
  const { phase, fault } = cell
  const row = rowOf(cell, played, ways)
  const { settled, attempts, struck, tries, flights, signedOut } = played
  const wrong: string[] = []
  const demand = (isRight: boolean, promise: string, detail: unknown): void => {
    if (!isRight) wrong.push(`${promise}: ${JSON.stringify(detail)}`)
  }

  const isForAll = fault.act === 'refuse' || isOfRefresh(phase)
  demand(isOfRefresh(phase) || !struck.length || struck.length === 1, 'it struck once', struck)
  demand(played.met >= 1, 'the fault was met', played.met)

  const ends = settled.map(({ end }) => end)
  const hits = ends.filter((end) => end === row.hit).length
  const rest = ends.filter((end) => end === row.rest).length
  const strays = fault.leavesClosed ? ends.filter((end) => end === 'network error').length : 0
  if (row.hit === row.rest || isForAll) {
    demand(hits + strays === ends.length && strays <= 1, `all end as ${row.hit}`, ends)
  } else {
    demand(
      hits === 1 && rest === ends.length - 1,
      `one ends as ${row.hit}, the rest are served`,
      ends,
    )
  }
  settled.forEach(({ end, tookMs }, n) => {
    demand(end !== 'never', 'G9 every request settles in time', { n, tookMs })
    demand((attempts[n] ?? 0) <= 2, 'G11 nothing is attempted three times', { n, attempts })
    if (end === 'network error' && !strays) {
      demand((attempts[n] ?? 0) <= row.attempts, 'G11 G28 it is sent as often as it may be', {
        n,
        attempts,
      })
    }
  })
  for (const n of struck) {
    demand(attempts[n] === row.attempts, 'G11 G28 it is sent as often as it may be', {
      n,
      attempts,
    })
  }

  demand(
    row.tries.includes(tries - strayTries(cell, tries)),
    `tries: ${row.tries.join(' or ')}`,
    tries,
  )
  demand(flights === undefined || flights === Math.min(tries, 1), 'G1 one refresh', flights)
  const isOver = row.hit === 'refused' || row.next === 'refused'
  const expected = isOver ? ['refused'] : []
  demand(
    String(signedOut) === String(expected),
    'G15 G18 its end is told once, and only then',
    signedOut,
  )
  const next = row.next === 'signed out' ? 'status 401' : row.next
  demand(played.next === next, `the next request ends as ${next}`, played.next)
  demand(played.anew === 'served', 'afterwards it works again', played.anew)
  demand(!played.leaks.length, 'G40 no token is shown', played.leaks.length)
  return wrong
}

/** A refresh that came to a connection that was closed behind its back is tried again. */
const strayTries = ({ fault, phase }: Cell, tries: number): number =>
  fault.leavesClosed && phase === 'turned away' && tries === 2 ? 1 : 0
