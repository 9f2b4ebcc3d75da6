import type { Clock } from './clock.js'
import type { TokenStore } from './store.js'

type Exclusive = NonNullable<TokenStore['exclusive']>

/** Sessions on one store object take turns in this process. What is shared is the order, no token. */
const lines = new WeakMap<TokenStore, Promise<unknown>>()

/** Needs no deadline: whoever is before us in this process ends in time by itself. */
const inLine =
  (store: TokenStore): Exclusive =>
  (work) => {
    const turn = (lines.get(store) ?? Promise.resolve()).then(work)
    lines.set(
      store,
      turn.then(
        () => undefined,
        () => undefined,
      ),
    )
    return turn
  }

interface TurnOptions {
  readonly waitMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The turn did not come; the work runs without it. */
  missed(error: unknown): void
  /** Is given what settles when the turn has been given back. */
  over(turn: Promise<unknown>): void
  /** Resolves when no write is under way: whoever has the next turn must see what was written in this one. */
  written(): Promise<void>
}

/** Beyond what the store was asked to wait: it may be about to say so itself. */
const marginMs = 1_000

/**
 * Runs `work` once: in the store's exclusive turn, or without it when the turn does not come in time.
 * A store that neither runs it nor says no is not waited for either. Aborted, it does not run at all.
 * `work` can ask whether its turn has been lost since: whether the store has rejected meanwhile.
 */
export function inTurn(
  store: TokenStore,
  work: (isLost: () => boolean) => Promise<void>,
  { waitMs, clock, signal, missed, over, written }: TurnOptions,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let decided = false
    let hasTurn = false
    let isLost = false
    const start = (): Promise<void> => work(() => isLost)
    const decide = (run: () => Promise<void>): Promise<void> => {
      if (decided) return Promise.resolve()
      decided = true
      cancel()
      signal.removeEventListener('abort', drop)
      const running = run()
      running.then(resolve, reject)
      return last(running)
    }
    /** The turn lasts as long as the work, or until that has no use any more, and what either wrote is there. */
    const last = async (running: Promise<void>): Promise<void> => {
      try {
        await Promise.race([running, aborted(signal)])
      } finally {
        await written()
      }
    }
    const goWithout = (error: unknown): void => {
      isLost = hasTurn
      if (!decided) missed(error)
      void decide(start)
    }
    const drop = (): void => void decide(() => Promise.resolve())
    const late = (): void => goWithout(new Error(`no turn within ${waitMs} ms`))
    const cancel = store.exclusive ? clock.setTimeout(late, waitMs + marginMs) : () => undefined
    signal.addEventListener('abort', drop)
    try {
      const exclusive = store.exclusive?.bind(store) ?? inLine(store)
      const turn = (): Promise<void> => {
        hasTurn = !decided
        return decide(start)
      }
      const given = exclusive(turn, { waitMs, signal }).then(
        () => goWithout(new Error('the store gave no turn')),
        goWithout,
      )
      over(given)
    } catch (error) {
      goWithout(error)
    }
  })
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
