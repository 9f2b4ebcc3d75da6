import { pick } from './choices.js'
import { leaseMs } from './setting.js'
import type { SharedStore } from './shared-store.js'
import { isOnTheWay, type Message, type OnTheWay } from './timeline.js'
import type { World } from './world.js'

/** A delay after which the client has given up, or not (milliseconds). */
const delays = [100, 3_000, 12_000, 60_000]

/** How long a context stands still (milliseconds): shorter than a lease, longer, and longer than anybody waits. */
const stops = [500, 8_000, leaseMs + 5_000, 120_000]

/** What a refresh may take (milliseconds). */
const patienceMs = 10_000

/** How long the authorization server is down (milliseconds). */
const outages = [600, 20_000, 120_000]

const steps = [86_400_000, -86_400_000, 60_000, -60_000]

/** What could be done to this message. */
function interferences(world: World, { message: { kind, ...message } }: OnTheWay): string[] {
  if (kind === 'news') return ['delay', 'double']
  const all = ['lose', 'delay']
  // A request that is never answered is its app's own affair.
  if (!kind.startsWith('api')) all.push('swallow')
  if (kind === 'refresh request' || kind === 'api request') all.push('double')
  if (message.turnDown) all.push('turn down')
  // Only where turns are not taken may a read be old: otherwise stores promise the newest.
  if (message.goStale && world.setting.turns === 'none') all.push('stale')
  return all
}

/** What such a fault may be blamed for. */
function excuse(world: World, { kind }: Message, how: string, delayMs: number): void {
  if (kind === 'news') return
  world.excuse('network')
  if (how === 'delay' && delayMs < patienceMs / 2 && !kind.startsWith('store')) return
  if (kind.startsWith('store')) world.excuse('store trouble')
  if (!kind.startsWith('refresh')) return
  const isAnswerLost = kind === 'refresh answer' || how === 'double'
  if (isAnswerLost) world.excuse('answer lost')
  world.hampers(isAnswerLost)
}

function interfere(world: World, task: OnTheWay): void {
  const { timeline, trace, choices } = world
  const { message, label } = task
  const how = pick(choices, interferences(world, task))
  const delayMs = how === 'delay' ? pick(choices, delays) : 0
  trace.note(() => `fault: ${how}${delayMs ? ` by ${delayMs} ms` : ''}: ${label}`)
  excuse(world, message, how, delayMs)
  if (how === 'delay') task.at += delayMs
  else if (how === 'stale') message.goStale?.()
  else if (how === 'double') timeline.post(task.where, label, task.run, { message })
  else {
    timeline.drop(task)
    if (how === 'lose') message.lose?.(new Error('the connection was cut'))
    if (how === 'turn down') message.turnDown?.()
  }
}

/** One thing goes wrong. */
export function fault(world: World, store: SharedStore): void {
  const { timeline, choices, setting, trace } = world
  const messages = timeline.all().filter(isOnTheWay)
  if (messages.length && !world.oneIn(3)) {
    interfere(world, pick(choices, messages))
    return
  }
  const running = world.contexts.filter(({ isRunning }) => isRunning)
  if (!running.length) return
  const context = pick(choices, running)
  const isBusy = context.refreshing > 0 || context.hasTurn
  switch (
    pick(choices, [
      'stop',
      'crash',
      'sleep',
      'set clock',
      'lose record',
      'steal',
      'outage',
    ] as const)
  ) {
    case 'stop':
      if (isBusy) world.excuse('interrupted')
      world.hampers(false)
      context.stop(pick(choices, stops), 'stopped')
      break
    case 'sleep':
      if (isBusy) world.excuse('interrupted')
      world.excuse('clock')
      world.hampers(false)
      context.stop(pick(choices, stops), 'asleep')
      break
    case 'crash':
      if (isBusy) world.excuse('interrupted')
      world.hampers(false)
      context.crash()
      break
    case 'set clock':
      world.excuse('clock')
      context.setClock(pick(choices, steps))
      break
    case 'lose record':
      if (!world.oneIn(4)) return
      world.excuse('store trouble')
      store.lose()
      break
    case 'outage': {
      const ms = pick(choices, outages)
      trace.note(() => `fault: the authorization server is down for ${ms} ms`)
      world.excuse('network')
      world.hampers(false)
      world.downUntil = timeline.now + ms
      break
    }
    case 'steal':
      if (setting.turns === 'lease') store.turns.steal()
  }
}
