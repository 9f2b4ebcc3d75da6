import type { SessionEvent, SessionEvents } from './events.js'
import { fieldOf, safeMessage } from './causes.js'
import { isThenable } from './promises.js'
import type { Tokens } from './tokens.js'

/** How many events `explain()` remembers. */
const remembered = 50

type AnyListener = (event: SessionEvent) => unknown

/** Looked at by each request. */
export interface Watch {
  /** Somebody listens for `sent` or `settled`. */
  requests: boolean
}

/**
 * Tells listeners what happened: after the state has changed and what waited has gone on, in order,
 * and so that neither a listener that throws nor one that calls back disturbs anything.
 */
export function createAnnouncer(known: Iterable<Tokens>) {
  const listeners = new Map<string, Set<AnyListener>>()
  const subscribers = new Set<() => unknown>()
  const history: SessionEvent[] = []
  const due: (() => unknown)[] = []
  let telling = false
  const watch: Watch = { requests: false }
  const look = (): void => {
    watch.requests = !!(listeners.get('sent')?.size || listeners.get('settled')?.size)
  }

  return {
    watch,
    /** Puts an event in line; `flush` tells it. */
    put(event: SessionEvent): void {
      Object.freeze(event)
      if (event.type !== 'sent' && event.type !== 'settled') history.push(event)
      if (history.length > remembered) history.shift()
      const set = listeners.get(event.type) ?? new Set()
      for (const listener of set) due.push(() => set.has(listener) && listener(event))
    },
    /** Puts any other call in line. */
    later(run: () => void): void {
      due.push(run)
    },
    /** Puts those in line who want to know that something changed. */
    changed(): void {
      for (const listener of subscribers) due.push(() => subscribers.has(listener) && listener())
    },
    flush(): void {
      if (telling) return
      telling = true
      for (let run = due.shift(); run; run = due.shift()) callSafely(run, known)
      telling = false
    },
    on<E extends keyof SessionEvents>(
      type: E,
      listener: (event: SessionEvents[E]) => void,
    ): () => void {
      const set = listeners.get(type) ?? new Set()
      listeners.set(type, set)
      // Wrapped, so that one function registered twice is two listeners.
      const wrapped: AnyListener = (event) => listener(event as SessionEvents[E])
      set.add(wrapped)
      look()
      return () => {
        set.delete(wrapped)
        look()
      }
    },
    subscribe(listener: () => void): () => void {
      const wrapped = () => listener()
      subscribers.add(wrapped)
      return () => void subscribers.delete(wrapped)
    },
    explain: (): readonly SessionEvent[] => [...history],
    /** Tells what is in line, and forgets all listeners. */
    close(): void {
      this.flush()
      listeners.clear()
      look()
      subscribers.clear()
    },
  }
}

/** Runs an app's callback; what it throws, or rejects with, is shown and breaks nothing. */
export function callSafely<T>(run: () => T, known: Iterable<Tokens>): T | undefined {
  try {
    const result: unknown = run()
    if (isThenable(result)) result.then(undefined, (error) => showFailure(error, known))
    return result as T
  } catch (error) {
    showFailure(error, known)
    return undefined
  }
}

/** The one place that every runtime shows, and none turns into a crash. Clients' errors hold tokens. */
export function showFailure(error: unknown, known: Iterable<Tokens>): void {
  const [name, stack] = [fieldOf(error, 'name'), fieldOf(error, 'stack')]
  const frames = typeof stack === 'string' ? (stack.match(/^ +at .*$/gm) ?? []) : []
  const what = `${typeof name === 'string' ? name : 'Error'}: ${safeMessage(error, known)}`
  console.error(['[unexpired] a callback of the app threw', what, ...frames].join('\n'))
}
