import { tasksOf } from './belongings.js'
import type { Context } from './context.js'
import type { Run } from './run.js'
import { leaseMs } from './setting.js'
import { isOnTheWay, type OnTheWay } from './timeline.js'

/** One thing that can happen next. */
export interface Option {
  /** Whom it befalls; `undefined`: all of them. */
  readonly of: Context | undefined
  readonly label: string
  run(): void
}

/** Everything that can go wrong at this moment with what is on its way, and with the contexts, once. */
export function faultsNow({ world, store }: Run): Option[] {
  return world.contexts.flatMap((of) => [
    ...tasksOf(world, of)
      .filter(isOnTheWay)
      .flatMap((task) => interferences(world, of, task)),
    ...(of.isRunning ? mishaps(world, of) : []),
    ...(world.setting.turns === 'lease' && of.hasTurn
      ? [{ of, label: 'steal', run: () => store.turns.steal() }]
      : []),
  ])
}

/** What can be done to a message. */
function interferences(world: Run['world'], of: Context, task: OnTheWay): Option[] {
  const { timeline } = world
  const { kind, lose } = task.message
  const isRefresh = kind === 'refresh request'
  const options: Option[] = []
  if (lose) {
    const isStore = kind.startsWith('store')
    options.push({
      of,
      label: `lose ${task.label}`,
      run() {
        world.excuse('network')
        if (isStore) world.excuse('store trouble')
        timeline.drop(task)
        lose(new Error('the connection was cut'))
      },
    })
    options.push({
      of,
      label: `lose the answer of ${task.label}`,
      run() {
        world.excuse('network')
        if (isRefresh) world.excuse('answer lost')
        if (isStore) world.excuse('store trouble')
        world.losesAnswers = true
        timeline.run(task)
        world.losesAnswers = false
      },
    })
  }
  if (!isRefresh) return options
  options.push({
    of,
    label: `double ${task.label}`,
    run() {
      world.excuse('answer lost')
      timeline.post(task.where, `again ${task.label}`, task.run, { message: task.message })
    },
  })
  options.push({
    of,
    label: `late ${task.label}`,
    run() {
      world.excuse('network')
      task.at += leaseMs + 1
    },
  })
  return options
}

/** What can befall a context. */
function mishaps(world: Run['world'], of: Context): Option[] {
  const interrupt = (): void => {
    if (of.refreshing > 0 || of.hasTurn) world.excuse('interrupted')
  }
  return [
    {
      of,
      label: 'crash',
      run() {
        interrupt()
        of.crash()
      },
    },
    {
      of,
      label: 'stop',
      run() {
        interrupt()
        of.stop(leaseMs + 5_000, 'stopped')
      },
    },
  ]
}
