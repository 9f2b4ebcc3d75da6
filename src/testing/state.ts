import type { Families } from './families.js'
import type { Ledger } from './ledger.js'
import type { Settings } from './options.js'
import type { OrderBook } from './order-book.js'
import type { Protocol } from './protocol.js'

/** What all requests to one server share. */
export interface ServerState {
  readonly settings: Settings
  readonly families: Families
  readonly ledger: Ledger
  readonly book: OrderBook
  /** The first one that knows a request answers it. */
  readonly protocols: readonly Protocol[]
  readonly pause: (ms: number) => Promise<void>
}
