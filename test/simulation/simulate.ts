import { seedRandom } from '../model/random.js'
import { act } from './actions.js'
import type { Choices } from './choices.js'
import { fault } from './faults.js'
import { createRun } from './run.js'
import { drawSetting } from './setting.js'
import type { WayName } from './ways/ways.js'
import type { World } from './world.js'

/** What came of a run. */
export interface Played {
  readonly steps: number
  readonly world: World
}

/** Of what is due at one moment, so many may go first. */
const mostDue = 8

/**
 * Plays one run: every ordering, fault and action is one of the choices.
 *
 * @param way - through what all requests go, where that is no choice
 * @throws Violation when a promise was broken
 */
export async function simulate(choices: Choices, isTraced = false, way?: WayName): Promise<Played> {
  const restoreRandom = seedRandom(choices.choose(1_000_000))
  const setting = { ...drawSetting(choices), way }
  const run = createRun(setting, choices, isTraced)
  const { world, store } = run
  const { timeline } = world
  let actionsLeft = setting.actions
  let faultsLeft = setting.faults
  let idleUntil = 0

  /** One thing happens, whichever is chosen. False when there is nothing more. */
  function step(): boolean {
    if (faultsLeft && world.oneIn(8)) {
      faultsLeft -= 1
      world.faults += 1
      fault(world, store)
      return true
    }
    const due = timeline.due()
    const mayAct = actionsLeft > 0 && timeline.now >= idleUntil
    if (mayAct && (!due.length || world.oneIn(4))) {
      actionsLeft -= 1
      idleUntil = timeline.now + act(world, run.open)
      return true
    }
    const task = due[choices.choose(Math.min(due.length, mostDue))]
    if (task) timeline.run(task)
    return !!task
  }

  try {
    run.begin()
    for (;;) {
      await run.settle()
      if (step()) continue
      const next = Math.min(timeline.next() ?? Infinity, actionsLeft ? idleUntil : Infinity)
      if (next === Infinity) break
      timeline.moveTo(next)
    }
    await run.finish()
    return { steps: run.steps(), world }
  } finally {
    restoreRandom()
  }
}
