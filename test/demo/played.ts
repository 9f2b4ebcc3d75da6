import { paths } from '../../demo/load.js'
import type { Counts, Lane, Played, Run } from '../../demo/results.js'
import { scenes } from '../../demo/scenes.js'
import type { Scene } from '../../demo/scenes.js'

/** What a scene must come to on our side, when it is noticed after the response. */
const rightCounts: Counts = {
  refreshes: 1,
  turnedAway: 20,
  served: 20,
  reuseDetected: 0,
  familiesRevoked: 0,
  thrownOut: 0,
}

const servedLane = (path: string, index: number): Lane => {
  const turnedAwayAt = 20 + 4 * index
  const endedAt = 160 + 8 * index
  return {
    path,
    phases: [
      { doing: 'dead', from: 0, to: turnedAwayAt },
      { doing: 'held', from: turnedAwayAt, to: 125 },
      { doing: 'good', from: 125, to: endedAt },
    ],
    endedAt,
    answered: true,
  }
}

const lostLane = (path: string, index: number): Lane => {
  const turnedAwayAt = 20 + 4 * index
  const endedAt = turnedAwayAt + 100
  return {
    path,
    phases: [
      { doing: 'dead', from: 0, to: turnedAwayAt },
      { doing: 'refreshing', from: turnedAwayAt, to: endedAt },
    ],
    endedAt,
    answered: false,
  }
}

export const ours = (counts: Partial<Counts> = {}): Run => ({
  side: 'unexpired',
  lanes: paths.map(servedLane),
  refreshes: [{ from: 20, to: 125, granted: true }],
  counts: { ...rightCounts, ...counts },
})

export const plain = (counts: Partial<Counts> = {}): Run => ({
  side: 'plain',
  lanes: paths.map(lostLane),
  refreshes: paths.map((_, index) => ({
    from: 20 + 4 * index,
    to: 120 + 4 * index,
    granted: index === 0,
  })),
  counts: {
    refreshes: 20,
    turnedAway: 21,
    served: 0,
    reuseDetected: 19,
    familiesRevoked: 1,
    thrownOut: 19,
    ...counts,
  },
})

/** One scene, as it should go. */
function played(scene: Scene): Played {
  const turnedAway = scene.notice === 'after-the-response' ? 20 : 0
  return { scene, ours: ours({ turnedAway }), plain: plain() }
}

export const allPlayed: readonly Played[] = scenes.map(played)

/** A scene that was played, for tests that need only one. */
export const [onePlayed] = allPlayed as readonly [Played, ...Played[]]
