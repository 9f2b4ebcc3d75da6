import { familyOf } from './authorization-server.js'
import type { Choices } from './choices.js'
import { createClient, look, signIn } from './client.js'
import { createContext } from './context.js'
import { putInJar } from './cookies.js'
import { judgePresented, judgeProbes, judgeRest, judgeReuse, judgeSurvivors } from './judge-end.js'
import { tokensOf } from './refreshes.js'
import { judgeWaiting, makeRequest } from './requests.js'
import type { Setting } from './setting.js'
import { createSharedStore } from './shared-store.js'
import { createWorld } from './world.js'

/** Far beyond what any run needs: one that takes more goes round in circles. */
const mostSteps = 3_000

/** Within this, all comes to rest, cool-downs included (milliseconds). */
const restMs = 600_000

/** Contexts of one run, those that are gone included. */
const mostContexts = 6

/** Lets all microtasks run. */
const quiet = (): Promise<void> => new Promise((go) => setImmediate(go))

/** One run: a world with its contexts, and what is done with all of it at the end. */
export function createRun(setting: Setting, choices: Choices, isTraced: boolean) {
  const world = createWorld(setting, choices, isTraced)
  const { timeline, trace, server } = world
  const store = createSharedStore(world)
  let steps = 0

  world.keptFamily = () =>
    world.jar?.family ?? (familyOf(store.kept()?.tokens?.accessToken ?? '') || undefined)
  trace.note(() => JSON.stringify(setting))

  function open(): void {
    const most = setting.turns === 'memory' ? 1 : mostContexts
    if (world.contexts.length >= most) return
    const context = createContext(world, `c${world.contexts.length + 1}`, store.storeFor)
    context.onChange(() => store.turns.changed(context))
    world.contexts.push(context)
    trace.note(() => `${context.name} is opened`)
    for (let count = 1; count <= setting.sessionsEach; count++) {
      createClient(world, context, `${context.name}${setting.sessionsEach > 1 ? `/${count}` : ''}`)
    }
  }

  /** Somebody signed in before, and the store may know of it. */
  function beginWithCookies(): void {
    const grant = server.signIn('ann')
    world.signIns += 1
    putInJar(world, grant)
    for (const id of ['stored', 'cookie']) world.families.set(id, grant.family)
    if (setting.start !== 'stored') return
    const receivedAt = 1_700_000_000_000
    const tokens = { accessToken: '' }
    store.begin({ version: 1, sessionId: 'stored', generation: 1, receivedAt, tokens })
  }

  function begin(): void {
    if (setting.credential === 'cookie') beginWithCookies()
    else if (setting.start === 'stored') {
      const grant = server.signIn('ann')
      world.signIns += 1
      world.families.set('stored', grant.family)
      const tokens = tokensOf(grant) as { accessToken: string }
      const receivedAt = 1_700_000_000_000
      store.begin({ version: 1, sessionId: 'stored', generation: 1, receivedAt, tokens })
    }
    for (let count = 0; count < setting.contexts; count++) open()
    const [first] = world.clients
    if (setting.start === 'signed in' && first && !world.jar) signIn(first, 'ann')
  }

  /** What has just happened has its consequences, and is judged. */
  async function settle(): Promise<void> {
    await quiet()
    for (const client of world.clients) if (client.context.isRunning) look(client)
    judgeWaiting(world)
    if ((steps += 1) > mostSteps) {
      trace.breaks('G9 G11 nothing goes round in circles', `${steps} steps`)
    }
    trace.check()
  }

  /** With no faults any more, everything ends. */
  async function rest(): Promise<void> {
    const end = timeline.now + restMs
    for (;;) {
      await settle()
      const [task] = timeline.due()
      if (task) {
        timeline.run(task)
        continue
      }
      const next = timeline.next() ?? Infinity
      if (next > end) break
      timeline.moveTo(next)
    }
    timeline.moveTo(end)
    await settle()
  }

  async function probe(isJudged: boolean): Promise<void> {
    const first = world.requests.length
    for (const client of world.clients) {
      if (client.context.isRunning && !client.isClosed) makeRequest(client)
    }
    await rest()
    if (isJudged) judgeProbes(world, first)
    trace.check()
  }

  /** The faults are over: everyone must be able to go on, and leaves nothing behind. */
  async function finish(): Promise<void> {
    world.isHealed = true
    trace.note(() => 'no more faults: everything comes to rest')
    await rest()
    judgePresented(world)
    judgeRest(world, store)
    const [family] = world.families.values()
    judgeSurvivors(world, family)
    trace.check()
    // Where nobody takes turns, it may take some requests until all have heard of an end.
    const takesTurns = setting.turns !== 'none'
    await probe(takesTurns)
    server.expireAll()
    await probe(takesTurns)
    if (!takesTurns) for (const isLast of [false, true]) await probe(isLast)
    judgeReuse(world)
    judgeRest(world, store)
    for (const client of world.clients) {
      client.isClosed = true
      if (client.context.state !== 'gone') void client.session.close()
    }
    await rest()
    await rest()
    const left = timeline.all().find(({ where }) => where?.isRunning)
    if (left) trace.breaks('G14 a closed session leaves nothing behind', left.label)
    trace.check()
  }

  return { world, store, begin, open, settle, finish, steps: (): number => steps }
}

export type Run = ReturnType<typeof createRun>
