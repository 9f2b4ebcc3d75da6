import type { Clock, TokenStore } from 'unexpired'
import type { Place } from './timeline.js'
import type { World } from './world.js'

/** Something that reached a context. */
export interface Told {
  readonly label: string
  /** By the world's own steady clock. */
  readonly at: number
}

/** A tab, a process or a machine: it runs, stands still or is gone, and has clocks of its own. */
export interface Context extends Place {
  readonly clock: Clock
  readonly store: TokenStore
  readonly state: 'running' | 'stopped' | 'gone'
  /** Everything that reached it, in order: whoever was told the same is in the same state. */
  readonly history: readonly Told[]
  /** How long it has stood still in all, in milliseconds. */
  readonly stoodStillMs: number
  /** Timers that would keep a process alive. */
  readonly keepingAlive: number
  /** It has the store's turn, as far as the store knows. */
  hasTurn: boolean
  /** Refreshes that it has sent, and not yet heard of or stored. */
  refreshing: number
  /** Its store failed, and said so. */
  storeFailed: boolean
  stop(ms: number, how: 'stopped' | 'asleep'): void
  crash(): void
  setClock(ms: number): void
  /** Is called when it is stopped, goes on, or crashes. */
  onChange(run: () => void): void
}

const longestTimer = 2 ** 31 - 1

export function createContext(
  world: World,
  name: string,
  storeFor: (context: Context) => TokenStore,
): Context {
  const { timeline, trace } = world
  const listeners: (() => void)[] = []
  let state: Context['state'] = 'running'
  let wallOffset = 0
  let asleepMs = 0
  let stoodStillMs = 0
  let keepingAlive = 0
  const history: Told[] = []
  let store: TokenStore | undefined
  const change = (): void => listeners.forEach((run) => run())

  const clock: Clock = {
    now: () => 1_700_000_000_000 + timeline.now + wallOffset,
    monotonic: () => timeline.now - asleepMs,
    setTimeout(run, ms, options) {
      if (!(ms <= longestTimer)) {
        trace.breaks('G14 no timer is longer than platforms take', `${name}: ${ms} ms`)
      }
      if (options?.keepAlive) {
        keepingAlive += 1
        let isOver = false
        return () => {
          if (!isOver) keepingAlive -= 1
          isOver = true
        }
      }
      const task = timeline.post(context, `${name}: timer`, run, {
        afterMs: Math.max(0, ms),
        isTimer: true,
      })
      return () => timeline.drop(task)
    },
  }

  const context: Context = {
    name,
    clock,
    get store() {
      return (store ??= storeFor(context))
    },
    get state() {
      return state
    },
    get isRunning() {
      return state === 'running'
    },
    history,
    get stoodStillMs() {
      return stoodStillMs
    },
    get keepingAlive() {
      return keepingAlive
    },
    hasTurn: false,
    refreshing: 0,
    storeFailed: false,
    happens(label) {
      if (world.keepsHistory) history.push({ label, at: timeline.now })
    },
    stop(ms, how) {
      trace.note(() => `${name} ${how === 'asleep' ? 'falls asleep' : 'stands still'} for ${ms} ms`)
      state = 'stopped'
      change()
      const goOn = (): void => {
        if (state !== 'stopped') return
        state = 'running'
        stoodStillMs += ms
        if (how === 'asleep') {
          asleepMs += ms
          timeline.putOff(context, ms)
        }
        trace.note(() => `${name} goes on`)
        change()
      }
      timeline.post(undefined, `${name} goes on`, goOn, { afterMs: ms })
    },
    crash() {
      trace.note(() => `${name} crashes`)
      state = 'gone'
      timeline.forget(context)
      change()
    },
    setClock(ms) {
      trace.note(() => `the wall clock of ${name} is set by ${ms} ms`)
      wallOffset += ms
    },
    onChange: (run) => void listeners.push(run),
  }
  return context
}
