import { sideNames } from '../shared/control-api.js'
import type { SideName } from '../shared/control-api.js'
import type { Counting } from '../shared/counting.js'
import type { Fault, Settings } from '../shared/settings.js'
import { waitingOf } from '../shared/verdict.js'
import type { Cast } from './cast.js'
import { scoreOf } from './score.js'
import type { Score } from './score.js'
import type { Progress } from './tabs.js'

/** What is known of the play, as it goes on. */
export interface Play extends Counting {
  state: 'starting' | 'playing' | 'idle'
  caption: string
  settings: Settings
  /** What went wrong on purpose in this run. */
  fault: Fault
  /** Nothing is under way any more for those who wait on the left. */
  isHanging: boolean
  /** Names the run for all tabs; empty before the first. */
  run: string
  /** When the requests left, and when the last of them ended, by `performance.now()`. */
  from: number | undefined
  to: number | undefined
  /** All that is to be known of the run is known. */
  isOver: boolean
  /** How each side ended, once nobody waits there: what happens later belongs to no run. */
  judged: Partial<Record<SideName, Score>>
}

/** What is to be seen. */
export interface Scene extends Readonly<Play> {
  readonly scores: { readonly left: Score; readonly right: Score } | undefined
  readonly cast: Cast | undefined
  /** How many share the session. */
  readonly tabs: number
}

export function sceneOf(
  play: Play,
  cast: Cast | undefined,
  others: readonly Progress[],
  tabs: number,
): Scene {
  const scores =
    cast && play.counted
      ? {
          left: scoreOf('left', cast, others, play.counted, play),
          right: scoreOf('right', cast, others, play.counted, play),
        }
      : undefined
  return { ...play, scores, cast, tabs }
}

/** Keeps how each side of a run ended, as soon as nobody waits there. */
export function judge(play: Play, { scores, isOver }: Scene): void {
  if (!isOver || !scores) return
  for (const side of sideNames) {
    if (waitingOf(scores[side]) === 0) play.judged[side] ??= scores[side]
  }
}

/** A tab in the background has no frames, and its counts are true all the same. Milliseconds. */
const hiddenEveryMs = 200

/** Calls `show` at most once a frame, and in each one while `isLive`. */
export function atFrames(show: () => void, isLive: () => boolean): () => void {
  let isAsked = false
  const draw = (): void => {
    isAsked = false
    show()
    if (isLive()) ask()
  }
  function ask(): void {
    if (isAsked) return
    isAsked = true
    if (document.visibilityState === 'visible') requestAnimationFrame(draw)
    else setTimeout(draw, hiddenEveryMs)
  }
  return ask
}
