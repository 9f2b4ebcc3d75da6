import fc, { type Scheduler } from 'fast-check'
import { createActor, type Actor } from './actor.js'
import { judgeEndings, judgeLastWord, type LastWord } from './judge-endings.js'
import { seedRandom } from './random.js'
import { createRequests } from './requests.js'
import type { Action, Scenario } from './scenario.js'
import type { SubjectFactory } from './subject.js'
import { inForce, look } from './actor-state.js'
import { createWorld } from './world.js'

/** No run needs more virtual time to come to rest (milliseconds). */
const longestRestMs = 3_600_000

/** A write that is being tried may keep a process: two calls of a store that does not answer (milliseconds). */
const longestWriteMs = 10_000

/** Lets everything that is ready run: all microtasks, and what they tell the process. */
const settle = (): Promise<void> => new Promise((go) => setImmediate(go))

/** Made anew from its seed: a scheduler that fast-check clones while it shrinks does not repeat itself. */
function scheduledBy(seed: number): Scheduler {
  const [scheduler] = fc.sample(fc.scheduler(), { seed, numRuns: 1 })
  if (!scheduler) throw new Error('fast-check made no scheduler')
  return scheduler
}

/**
 * Plays one scenario: actions, network, store and clock in the order that the scheduler draws, then
 * lets all come to rest, and judges it.
 *
 * @throws Violation with everything that happened, in order
 */
export async function play(scenario: Scenario, makeSubject: SubjectFactory): Promise<void> {
  const scheduler = scheduledBy(scenario.schedule)
  const world = createWorld(scenario, scheduler)
  const { trace, clock, stores } = world
  const requests = createRequests(world)
  const actors: Actor[] = []
  /** All that ever were: those that were closed too. */
  const everyone: Actor[] = []
  let last: LastWord | undefined
  let steps = 0
  let isBurst = false

  const unhandled = (error: unknown): void => {
    trace.breaks('G14 no rejection is unhandled', String(error))
  }

  async function rest(): Promise<void> {
    await settle()
    for (const actor of actors) look(actor)
    requests.judgeRest()
    trace.check()
  }

  async function tick(): Promise<void> {
    const { bursts } = scenario
    const wasBurst = isBurst
    isBurst = !!bursts[steps++ % bursts.length]
    world.tick(isBurst || wasBurst)
    // oxlint-disable-next-line typescript/no-deprecated -- waitNext lets all come to rest first: no bursts
    await scheduler.waitOne()
    if (!isBurst) await rest()
  }

  async function untilIdle(): Promise<void> {
    do {
      while (scheduler.count()) await tick()
      await rest()
    } while (scheduler.count())
  }

  async function advance(ms: number): Promise<void> {
    await settle()
    await clock.advance(ms, async () => {
      world.tick(false)
      await rest()
    })
  }

  function open(): Actor {
    const actor = createActor(world, `s${everyone.length + 1}`, makeSubject)
    everyone.push(actor)
    return actor
  }

  /** The server turns on whoever is signed in. */
  function strike(how: 'expire' | 'revoke'): void {
    const family = actors.map(inForce).find((found) => found !== undefined)
    if (family === undefined) return
    trace.note(`server: ${how}s ${family}`)
    world.authority[how](family)
  }

  function perform(action: Action): void | Promise<void> {
    const actor = 'by' in action ? actors[action.by % actors.length] : undefined
    switch (action.do) {
      case 'advance':
        trace.note(`${action.ms} ms go by`)
        return advance(action.ms)
      case 'advance to the next timer':
        return advance(clock.nextTimerIn() ?? 0)
      case 'step wall clock':
        return settle().then(() => world.stepWall(action.ms))
      case 'sleep':
        return settle().then(() => world.sleep(action.ms))
      case 'abort':
        return requests.abort(action.which)
      case 'lose record':
        return stores.lose()
      case 'expire':
      case 'revoke':
        return strike(action.do)
    }
    if (!actor) return
    switch (action.do) {
      case 'request':
        return requests.make(actor, action.kind, action.abortable)
      case 'many requests':
        for (let made = 0; made < action.count; made++) requests.make(actor, 'plain', false)
        return
      case 'get access token':
        return actor.getAccessToken()
      case 'sign in':
        last = { by: actor, what: 'sign in' }
        return actor.signIn(action.user)
      case 'sign out':
        last = { by: actor, what: 'sign out' }
        return actor.signOut()
      case 'adopt':
        return actor.adopt(action.rotates)
      case 'refresh':
        return actor.refresh()
      case 'close':
        return actor.close()
      case 'reopen':
        if (actor.closed) actors[actors.indexOf(actor)] = open()
    }
  }

  async function begin(): Promise<void> {
    if (scenario.start === 'stored') stores.put(world.firstRecord())
    for (let count = 0; count < scenario.sessions; count++) actors.push(open())
    if (scenario.start === 'signed in') {
      actors[0]?.signIn('ann')
      await untilIdle()
    }
  }

  const restoreRandom = seedRandom(scenario.jitter)
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', unhandled)
  try {
    await begin()
    scenario.threads.forEach((actions, thread) => {
      const items = actions.map((action) => ({
        label: `thread ${thread + 1}: ${action.do}`,
        builder: async () => perform(action),
      }))
      scheduler.scheduleSequence(items)
    })
    await untilIdle()
    trace.note('no more actions: everything comes to rest')
    const end = clock.monotonic() + longestRestMs
    for (let next = 0; clock.monotonic() < end; next = clock.nextTimerIn() ?? Infinity) {
      if (next === Infinity) break
      await advance(next)
      await untilIdle()
    }
    judgeEndings(world, everyone, requests.all)
    if (last && scenario.whenSignedOut === 'nothing') judgeLastWord(world, everyone, last)
    if (clock.keepingAlive) await advance(longestWriteMs)
    if (clock.keepingAlive) trace.breaks('G14 no timer keeps a process alive', 'one does')
    for (const actor of everyone) actor.close()
    await advance(longestRestMs)
    await untilIdle()
    await advance(longestRestMs)
    if (clock.pendingTimers) trace.breaks('G14 a closed session leaves no timer', 'one is left')
    trace.check()
  } finally {
    restoreRandom()
    process.removeListener('unhandledRejection', unhandled)
    for (const listener of others) process.on('unhandledRejection', listener)
  }
}
