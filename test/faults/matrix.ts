import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import type { MakeClient } from '../contract/neutral-client.js'
import { backEnds, closeShared, type BackEndName } from './back-end.js'
import { play, type Cell } from './cell.js'
import { faults } from './faults.js'
import { judge, type Ways } from './judge.js'
import { inGroups, watchStandstills, withoutDoubt } from './pace.js'
import { phases, type Phase } from './rows.js'
import { sessionOf, type MakeSubject } from './subject.js'

/** So many cells are played at one time: most of them wait. */
const atOnce = 32

/** Ten seconds are usual; where other tests need the machine, it is more (milliseconds). */
const longestMs = 600_000

/** Where the rotation makes a difference. */
const serversOf: Readonly<Record<Phase, readonly BackEndName[]>> = {
  first: ['a server with strict rotation'],
  'turned away': ['a server with strict rotation'],
  refresh: ['a server with strict rotation', 'a server with a grace window', 'oidc-provider'],
  refreshes: ['a server with strict rotation', 'a server with a grace window'],
  replay: ['a server with strict rotation'],
}

/** What was not as promised in one cell. */
export interface Finding {
  readonly phase: Phase
  readonly fault: string
  readonly server: string
  readonly wrong: readonly string[]
}

function cellsOf(phase: Phase) {
  // Who tries again comes on a new connection: it would strike once.
  const some = phase === 'refreshes' ? faults.filter(({ needsUsed }) => !needsUsed) : faults
  return serversOf[phase].flatMap((server) => some.map((fault) => ({ phase, server, fault })))
}

/** Plays every fault in every phase at every server. */
async function playAll(makeSubject: MakeSubject, ways: Ways): Promise<Finding[]> {
  const cells = phases.flatMap(cellsOf)
  // Those that wait the longest begin.
  const isLong = ({ phase, fault }: (typeof cells)[number]): boolean =>
    fault.gives === 'silence' && phase.startsWith('refresh')
  cells.sort((one, other) => Number(isLong(other)) - Number(isLong(one)))
  const standstills = watchStandstills()

  const found = await inGroups(
    cells.map(({ phase, server, fault }) => async () => {
      const cell: Cell = { makeSubject, startBackEnd: backEnds[server], phase, fault }
      const find = async () => judge(cell, await play(cell), ways)
      const wrong = await withoutDoubt(standstills, find, ({ length }) => length > 0)
      return { phase, server, fault: fault.name, wrong }
    }),
    atOnce,
  )
  standstills.close()
  return found
}

const said = ({ phase, fault, server, wrong }: Finding): string[] =>
  wrong.map((what) => `${phase}, ${server}, a connection that ${fault}: ${what}`)

const promises: Readonly<Record<Phase, string>> = {
  first:
    'G9 G28 G40 a fault of a request is its own: it is not sent again, and nothing is refreshed',
  'turned away':
    'G1 G9 G28 G40 a fault of a request with a dead token is its own: the others refresh once, and are served',
  refresh:
    'G1 G9 G15 G17 G18 G40 a fault of a refresh is followed by another try, which all are served by, or ended by where the server does not forgive',
  refreshes:
    'G9 G15 G17 G18 G19 G40 a fault of every try of a refresh signs nobody out, and the next request finds out what has become of it',
  replay:
    'G1 G9 G11 G28 G40 a fault of a replay is its own: nothing is attempted three times, or refreshed again',
}

/** Every fault, in every phase, at every server, for one client. */
export function describeMatrix(
  name: string,
  { make, ways }: { readonly make: MakeClient; readonly ways: Ways },
): void {
  const unheard: unknown[] = []
  let played: Promise<Finding[]> | undefined

  /** All of it at one time, for whichever test comes first. */
  function results(): Promise<Finding[]> {
    if (played) return played
    const hear = (reason: unknown): void => void unheard.push(reason)
    process.on('unhandledRejection', hear)
    onTestFinished(() => void process.off('unhandledRejection', hear))
    return (played = playAll(sessionOf(make), ways))
  }

  afterAll(closeShared)

  describe(`${name}, five requests at once`, () => {
    test.each(phases.map((phase) => [promises[phase], phase] as const))(
      '%s',
      async (_, phase) => {
        const found = (await results()).filter((each) => each.phase === phase)
        expect(found.length).toBeGreaterThanOrEqual(faults.length - 1)
        expect(found.flatMap(said)).toEqual([])
      },
      longestMs,
    )

    test(
      'G14 nothing is rejected unheard',
      async () => {
        await results()
        expect(unheard).toEqual([])
      },
      longestMs,
    )
  })
}
