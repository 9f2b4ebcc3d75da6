import type { AbortSignalLike, TokenStore } from 'unexpired'
import type { Context } from './context.js'
import { leaseMs } from './setting.js'
import type { World } from './world.js'

interface Waiter {
  readonly context: Context
  /** It gave up, or had its turn. */
  isOver: boolean
  /** It is its turn. */
  begin(): void
  /** The turn was lost, and its holder hears of it. */
  hear(): void
}

/** The store's exclusive turn, for all contexts: kept until its holder ends, or a lease that it renews. */
export function createTurns(world: World) {
  const { timeline, trace, setting } = world
  const isLease = setting.turns === 'lease'
  let line: Waiter[] = []
  let holder: Waiter | undefined

  function hold(next: Waiter | undefined): void {
    if (holder) holder.context.hasTurn = false
    holder = next
    if (next) next.context.hasTurn = true
  }

  function grant(): void {
    if (holder) return
    line = line.filter(({ context, isOver }) => !isOver && context.state !== 'gone')
    const next = line.shift()
    if (!next) return
    hold(next)
    const { context } = next
    timeline.post(context, `${context.name} has its turn`, () => {
      if (next.isOver) giveBack(next)
      else next.begin()
    })
    // It stood still already when it was given it.
    if (!context.isRunning) lapse(next)
  }

  function giveBack(waiter: Waiter): void {
    if (holder !== waiter) return
    world.tell(`${waiter.context.name} gives its turn back`, () => {
      if (holder !== waiter) return
      hold(undefined)
      grant()
    })
  }

  /** Whoever has it may not come back. */
  function lapse(waiter: Waiter): void {
    const { context } = waiter
    const isGone = context.state === 'gone'
    if (!isLease && !isGone) return
    const { stoodStillMs } = context
    const end = (): void => {
      const goesOn = context.isRunning || context.stoodStillMs !== stoodStillMs
      if (holder !== waiter || (goesOn && !isGone)) return
      trace.note(() => `the turn of ${context.name} is lost`)
      lose(waiter)
    }
    timeline.post(undefined, `the turn of ${context.name} ends`, end, {
      afterMs: isLease ? leaseMs : 0,
    })
  }

  function lose(waiter: Waiter): void {
    hold(undefined)
    world.excuse('without a turn')
    // Sooner or later: until then it believes that it still has it.
    timeline.post(
      waiter.context,
      `${waiter.context.name} hears that its turn is lost`,
      () => waiter.hear(),
      {
        afterMs: [0, 1, leaseMs / 3][world.choices.choose(3)] as number,
      },
    )
    grant()
  }

  function exclusive<T>(
    context: Context,
    work: () => Promise<T>,
    { waitMs, signal }: { waitMs: number; signal?: AbortSignalLike },
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const giveUp = (why: string): void => {
        if (waiter.isOver) return
        waiter.isOver = true
        cancel()
        reject(new Error(why))
      }
      const waiter: Waiter = {
        context,
        isOver: false,
        begin() {
          waiter.isOver = true
          cancel()
          trace.note(() => `${context.name} has its turn`)
          void work()
            .then(resolve, reject)
            .then(() => giveBack(waiter))
        },
        hear: () => reject(new Error('the turn was lost')),
      }
      const cancel = context.clock.setTimeout(() => giveUp(`no turn within ${waitMs} ms`), waitMs)
      signal?.addEventListener?.('abort', () => giveUp('nobody waits for it'))
      world.tell(`${context.name} asks for its turn`, () => {
        line.push(waiter)
        grant()
      })
    })
  }

  return {
    exclusive:
      (context: Context): NonNullable<TokenStore['exclusive']> =>
      (work, how) =>
        exclusive(context, work, how),
    /** A context was stopped, or is gone. */
    changed(context: Context): void {
      if (holder?.context === context && !context.isRunning) lapse(holder)
    },
    /** Somebody deletes it. */
    steal(): void {
      if (holder) lose(holder)
    },
    isHeld: (): boolean => !!holder,
    /** Where it stands in line. */
    placesOf: (context: Context): string =>
      line
        .flatMap((one, place) => (one.context === context ? [`${place}${one.isOver}`] : []))
        .join(),
    /** Who waits, without names. */
    showLine: (): string =>
      [!!holder, ...line.map(({ context, isOver }) => isOver || context.state === 'gone')].join(),
  }
}
