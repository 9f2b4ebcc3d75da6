import { complain } from './options.js'
import type { Answer, RequestKind } from './protocol.js'

/** What an order does to the request that meets it. */
export type Fate =
  | { readonly does: 'refuse' }
  | { readonly does: 'hang' }
  | { readonly does: 'drop'; readonly granting: boolean }
  | { readonly does: 'answer'; readonly answer: Answer }
  | { readonly does: 'grant-nonsense'; readonly accessToken: string | undefined }

/** An order, as it is given. */
export interface Order {
  readonly name: string
  /** Which requests it waits for; without it, all. */
  readonly kind?: RequestKind
  /** Which path it waits for; without it, every one. */
  readonly path?: string | undefined
  readonly times: number
  /** Absent: it only delays. */
  readonly fate?: Fate
  readonly delayMs?: number
}

export interface OrderBook {
  give(order: Order): void
  /** A request arrives, and takes the oldest order that decides its fate, and the oldest that delays it. */
  meet(kind: RequestKind, path: string): { fate: Fate | undefined; delayMs: number }
  unused(): string[]
  clear(): void
}

interface Pending extends Order {
  met: number
}

const isUsed = ({ met, times }: Pending): boolean =>
  times === Number.POSITIVE_INFINITY ? met > 0 : met >= times

export function createOrderBook(): OrderBook {
  let pending: Pending[] = []

  function take(fits: (order: Pending) => boolean): Pending | undefined {
    const order = pending.find(fits)
    if (!order) return undefined
    order.met += 1
    if (order.met >= order.times) pending = pending.filter((other) => other !== order)
    return order
  }

  return {
    give(order) {
      const { times } = order
      if (times !== Number.POSITIVE_INFINITY && !(Number.isInteger(times) && times > 0)) {
        throw new RangeError(complain(`${order.name}: times must be a whole number above 0`))
      }
      pending.push({ ...order, met: 0 })
    },
    meet(kind, path) {
      const concerns = (order: Pending): boolean =>
        (order.kind === undefined || order.kind === kind) &&
        (order.path === undefined || order.path === path)
      const delay = take((order) => !order.fate && concerns(order))
      const fate = take((order) => order.fate !== undefined && concerns(order))
      return { fate: fate?.fate, delayMs: delay?.delayMs ?? 0 }
    },
    unused: () =>
      pending
        .filter((order) => !isUsed(order))
        .map(({ name, path, met, times }) =>
          [name, path, `(met ${met} of ${times})`].filter(Boolean).join(' '),
        ),
    clear() {
      pending = []
    },
  }
}
