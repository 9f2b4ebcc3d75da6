import type { ControlState } from '../shared/control-api.js'
import type { Settings } from '../shared/settings.js'
import type { Cast } from './cast.js'
import { scoreOf } from './score.js'
import type { Score } from './score.js'
import type { Progress } from './tabs.js'

/** What is known of the play, as it goes on. */
export interface Play {
  state: 'starting' | 'playing' | 'idle'
  caption: string
  settings: Settings
  /** What the servers have counted. */
  counted: ControlState | undefined
  /** Names the run for all tabs; empty before the first. */
  run: string
  /** When the requests left, and when the last of them ended, by `performance.now()`. */
  from: number | undefined
  to: number | undefined
  /** All that is to be known of the run is known. */
  isOver: boolean
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
  const { counted, settings } = play
  const scores =
    cast && counted
      ? {
          left: scoreOf('left', cast, others, counted, settings),
          right: scoreOf('right', cast, others, counted, settings),
        }
      : undefined
  return { ...play, scores, cast, tabs }
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
