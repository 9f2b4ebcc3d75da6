import type { Capabilities, MakeClient } from './neutral-client.js'
import type { Protocol } from './protocols.js'

/** One part of the contract, for one client and one protocol. */
export interface Suite {
  readonly make: MakeClient
  readonly protocol: Protocol
  readonly can: Capabilities
}

export type DescribeSuite = (suite: Suite) => void
