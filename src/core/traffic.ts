import type { AbortSignalLike } from './aborts.js'
import type { Watch } from './announcer.js'
import { cut } from './causes.js'
import type { RequestTarget } from './credential.js'
import { isSessionError } from './errors.js'
import type { EventDetail, SentEvent, SettledEvent } from './events.js'
import type { Lease } from './lease.js'
import { responseOf } from './outcomes.js'
import type { Tokens } from './tokens.js'

/** What `sent` and `settled` are told through. */
export interface TrafficView {
  readonly watch: Readonly<Watch>
  tell<E extends 'sent' | 'settled'>(type: E, detail: EventDetail<E>, lease?: Lease): void
  /** Listeners are told what was. */
  flush(): void
  /** What no event may name. */
  readonly known: Iterable<Tokens>
}

/** What events say of a request. */
export type Shown = Pick<SentEvent, 'method' | 'path'>

interface Target {
  readonly request?: RequestTarget | undefined
}

/** Tells of each request, while somebody listens. */
export function createTraffic({ watch, tell, flush, known }: TrafficView) {
  return {
    watch,
    known,
    /** An attempt is on its way. */
    left(lease: Lease, requestId: number, attempt: SentEvent['attempt'], of: Target): void {
      tell('sent', { requestId, attempt, ...shownOf(of, known) }, lease)
    },
    shown: (of: Target): Shown | undefined => (watch.requests ? shownOf(of, known) : undefined),
    /** Tells when the caller is about to have the outcome. */
    follow<R>(
      requestId: number,
      signal: AbortSignalLike | undefined,
      go: () => Promise<R>,
    ): Promise<R> {
      const settled = (outcome: SettledEvent['outcome']): void => {
        tell('settled', { requestId, outcome })
        flush()
      }
      return go().then(
        (value) => {
          settled('answered')
          return value
        },
        (error: unknown) => {
          const isAnswer = !isSessionError(error) && responseOf({ error }) !== undefined
          settled(signal?.aborted ? 'aborted' : isAnswer ? 'answered' : 'failed')
          return Promise.reject(error)
        },
      )
    },
  }
}

export type Traffic = ReturnType<typeof createTraffic>

const origin = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i

/** Method and path, without origin, query and fragment, and with tokens cut out. */
function shownOf(of: Target, known: Iterable<Tokens>): Shown {
  let target: RequestTarget | undefined
  try {
    target = of.request
  } catch {
    // A request that cannot be read fails by itself, and says why.
  }
  const { method, url } = target ?? { method: '', url: '' }
  return { method, path: cut(url.replace(origin, '').replace(/[?#].*/s, ''), known) }
}
