import { createNames } from './names.js'
import { Violation } from './trace.js'
import { createWalk, timeGoesBy, type Extent, type Step, type Walk, type Ways } from './walk.js'
import { withoutChance } from './without-chance.js'

/** What was visited. */
export interface Visited {
  /** Different states of the whole world. */
  readonly states: number
  /** Those in which all had come to rest. */
  readonly ends: number
  /** Steps from one state to the next. */
  readonly steps: number
  /** In how many steps the last of them is reached. */
  readonly depth: number
  /** Of those, the ones that the real core played; what comes of the others is known from these. */
  readonly played: number
}

interface State {
  /** How the world stands, by its number. */
  readonly world: number
  /** How each context stands, in order: which of them has which name makes no difference. */
  readonly standings: readonly number[]
  /** Which context it is, in the run that leads here. */
  readonly places: readonly number[]
  readonly from: State | undefined
  readonly step: Step
}

/** What a step makes of the world, and of the context that it befalls. */
interface Effect {
  readonly world: number
  readonly standing: number
  /** What others become that are in line for their turn: one of them may have it now. */
  readonly inLine: Map<number, number>
}

function pathTo(state: State | undefined): readonly Step[] {
  const path: Step[] = []
  for (let last = state; last?.from; last = last.from) path.push(last.step)
  return path.reverse()
}

/** Far more steps than such a small world needs to come to rest: those that were seen need less than fifty. */
const mostSteps = 300

async function goesRound({ run: { world } }: Walk): Promise<void> {
  world.trace.breaks('G9 G11 nothing goes round in circles', `${mostSteps} steps`)
  world.trace.check()
}

/** How the context in this place stands. */
const standingAt = ({ standings, places }: State, place: number): number =>
  standings[places.indexOf(place)] as number

function inOrder(world: number, all: readonly number[], from?: State, step = timeGoesBy): State {
  const places = all.map((_, at) => at).sort((a, b) => (all[a] as number) - (all[b] as number))
  return { world, standings: places.map((at) => all[at] as number), places, from, step }
}

/**
 * Visits every order in which requests, messages, turns and at most one fault can come, the shortest
 * first. Why nothing is missed, although not every order is played from its beginning to its end:
 *
 * - Whatever led to it, a state is visited once. It is the same where the world and its contexts stand
 *   the same (`standing.ts`); `every-history.ts` compares that with telling apart all that was ever told.
 * - A step befalls one context and, through it, the world: how these two stand decides what comes of it,
 *   whatever the others are about. So the real core plays it once for each two of them. It can reach
 *   others only through the line for the turn, which is part of the world; what becomes of one who is in
 *   line is decided by the same two, and by how that one stands. A step that is seen to reach anybody
 *   else, and time, which reaches all, are played each time.
 * - Each time that something is played, the way there is played too, and must lead where it was known to
 *   lead.
 *
 * @throws Violation
 */
export function exhaust(
  extent: Extent,
  tell: (visited: Visited) => void = () => undefined,
): Promise<Visited> {
  return withoutChance(() => visitAll(extent, tell))
}

async function visitAll(extent: Extent, tell: (visited: Visited) => void): Promise<Visited> {
  const worlds = createNames()
  const standings = createNames()
  const ways = new Map<number, Ways>()
  const effects = new Map<string, Effect>()
  const known = new Set<string>()
  let waiting: State[] = []
  const visited = { states: 0, ends: 0, steps: 0, depth: 0, played: 0 }

  const waysOf = (standing: number): Ways => ways.get(standing) as Ways

  function arrive(state: State): void {
    const key = `${state.world} ${state.standings.join(' ')}`
    if (known.has(key)) return
    known.add(key)
    waiting.push(state)
  }

  /** Where a run has come to. */
  function look(walk: Walk): { world: number; all: readonly number[] } {
    const all = walk.standings().map(standings.of)
    if (!all.every((one) => ways.has(one))) {
      walk.ways().forEach((one, at) => ways.set(all[at] as number, one))
    }
    return { world: worlds.of(walk.world()), all }
  }

  /** Plays the way to a state, and what is to come then. */
  async function play<T>(state: State | undefined, then: (walk: Walk) => Promise<T>): Promise<T> {
    const steps = pathTo(state)
    const go = async (isTraced: boolean): Promise<T> => {
      const walk = await createWalk(extent, isTraced)
      for (const step of steps) await walk.take(step)
      if (state) check(state, look(walk))
      return then(walk)
    }
    try {
      return await go(false)
    } catch (error) {
      // Once more, to be told what happened.
      if (error instanceof Violation) return go(true)
      throw error
    }
  }

  function check(state: State, { world, all }: ReturnType<typeof look>): void {
    const told = [state.world, ...state.standings]
    const found = [world, ...state.places.map((place) => all[place])]
    if (told.join() === found.join()) return
    const show = ([first, ...more]: typeof found): string =>
      [worlds.text(first as number), ...more.map((one) => standings.text(one as number))].join('\n')
    throw new Error(`it leads to\n${show(found)}\nand not, as was known, to\n${show(told)}`)
  }

  async function playStep(state: State, step: Step): Promise<State> {
    visited.played += 1
    const { world, all } = await play(state, async (walk) => {
      await walk.take(step)
      return look(walk)
    })
    return inOrder(world, all, state, step)
  }

  /** One step of one context. */
  async function goOn(state: State, slot: number, label: string): Promise<void> {
    visited.steps += 1
    const of = state.places[slot] as number
    const key = `${state.world} ${state.standings[slot]} ${label}`
    const effect = effects.get(key)
    const others = state.places.filter((place) => place !== of)
    const isNews = (place: number): boolean => {
      const standing = standingAt(state, place)
      return waysOf(standing).isInLine && !effect?.inLine.has(standing)
    }
    if (effect && !(effect.inLine.size && others.some(isNews))) {
      const all: number[] = []
      for (const place of state.places) {
        const before = standingAt(state, place)
        all[place] = place === of ? effect.standing : (effect.inLine.get(before) ?? before)
      }
      return arrive(inOrder(effect.world, all, state, { of, label }))
    }
    const next = await playStep(state, { of, label })
    const learnt = effect ?? {
      world: next.world,
      standing: standingAt(next, of),
      inLine: new Map(),
    }
    const reached = others.filter((place) => standingAt(state, place) !== standingAt(next, place))
    for (const place of reached)
      learnt.inLine.set(standingAt(state, place), standingAt(next, place))
    const isForAll = extent.tellsOfChanges && label.includes(' writes ')
    if (!isForAll && reached.every((place) => waysOf(standingAt(state, place)).isInLine)) {
      effects.set(key, learnt)
    }
    arrive(next)
  }

  async function visit(state: State): Promise<void> {
    visited.states += 1
    const can = state.standings.map(waysOf)
    if (can.every(({ plain, hasNext }) => !plain.length && !hasNext)) {
      visited.ends += 1
      return play(state, (walk) => walk.run.finish())
    }
    const [faultsLeft] = JSON.parse(worlds.text(state.world)) as [number]
    for (const [slot, { plain, faults }] of can.entries()) {
      // Two that stand alike go on alike.
      if (state.standings[slot] === state.standings[slot - 1]) continue
      for (const label of faultsLeft ? [...plain, ...faults] : plain) {
        await goOn(state, slot, label)
      }
    }
    // Nothing that is due waits for long; an app may.
    if (can.some(({ isDue }) => isDue) || !can.some(({ hasNext }) => hasNext)) return
    visited.steps += 1
    arrive(await playStep(state, timeGoesBy))
  }

  const { world, all } = await play(undefined, (walk) => Promise.resolve(look(walk)))
  arrive(inOrder(world, all))
  for (; waiting.length; visited.depth++) {
    const now = waiting
    waiting = []
    if (visited.depth > mostSteps) await play(now[0], goesRound)
    for (const state of now) {
      await visit(state)
      if (visited.states % 10_000 === 0) tell({ ...visited })
    }
  }
  return { ...visited, depth: visited.depth - 1 }
}
