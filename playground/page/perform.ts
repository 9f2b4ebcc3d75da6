import { sideNames } from '../shared/control-api.js'
import { count } from '../shared/counting.js'
import type { Cast } from './cast.js'
import { controlState } from './control.js'
import { disturb, sendBoth } from './run.js'
import type { Play } from './scene.js'
import { progressOf } from './score.js'
import type { Tabs } from './tabs.js'
import { pause } from './turns.js'

/** How often the servers' counts are asked for, and other tabs told. Milliseconds. */
const everyMs = 200

/** How long other tabs are waited for. Milliseconds. */
const othersPatienceMs = 4_000

/** Sends on both sides, watches and counts. */
export async function perform(
  play: Play,
  cast: Cast,
  tabs: Tabs,
  signal: AbortSignal,
  draw: () => void,
): Promise<void> {
  const { run, settings } = play
  const isShared = settings.store === 'tabs' && tabs.others > 0
  const quiet = { left: 0, right: 0 }
  const look = async (): Promise<void> => {
    if (isShared) tabs.report(run, progressOf(cast))
    const counted = await controlState().catch(() => undefined)
    if (signal.aborted) return
    for (const side of sideNames) {
      quiet[side] = counted && counted[side].underWay > 0 ? 0 : quiet[side] + 1
    }
    if (counted) count(play, counted)
    draw()
  }
  disturb(settings)
  play.from = performance.now()
  const watching = setInterval(() => void look(), everyMs)
  try {
    // Only who is left without an answer by order waits for ever.
    play.isHanging = (await sendBoth(cast, settings, signal, quiet)) && play.fault === 'hang'
    play.to = performance.now()
    if (isShared) await othersEnd(run, cast, tabs, signal)
  } finally {
    clearInterval(watching)
    play.to ??= performance.now()
  }
  await look()
  play.isOver = true
}

/** Waits for the other tabs, but not for one that is gone. */
async function othersEnd(run: string, cast: Cast, tabs: Tabs, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < othersPatienceMs; waitedMs += everyMs) {
    tabs.report(run, progressOf(cast))
    const known = tabs.progressOf(run)
    const isWaiting = known.some(({ answers }) =>
      sideNames.some((side) => answers[side].includes('waiting')),
    )
    if (known.length >= tabs.others && !isWaiting) return
    await pause(everyMs, signal)
  }
  tabs.forgetSilent(run)
}
