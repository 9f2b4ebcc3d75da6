/** The process with the token servers, which orders the faults: its work and its heap are not the client's. */
import { startTokenServer } from 'unexpired/testing'
import type { TokenServer, TokenServerCounts, TokenServerOptions } from 'unexpired/testing'

import { answerParent } from './calls.js'
import { createDice } from './dice.js'
import { orderFault } from './faults.js'
import { measureProcess } from './measure.js'
import type { ServerPlace } from './settings.js'
import { createTally } from './tally.js'
import type { Report } from './tally.js'

/** Between two orders at one server (milliseconds). */
const orderMs = { least: 100, most: 1_400 }

export interface ServersSettings {
  readonly seed: number
  readonly servers: readonly TokenServerOptions[]
}

/** What the servers have to say. */
export interface ServersReport {
  /** Orders given, by name: each request that is to meet one counts. */
  readonly orders: Report
  readonly counts: readonly TokenServerCounts[]
}

const tally = createTally()
const servers: TokenServer[] = []
let isFaulty = false

function order(server: TokenServer, seed: number): void {
  const dice = createDice(seed)
  const next = (): void => {
    if (isFaulty) orderFault(server.orders, dice, tally)
    setTimeout(next, dice.between(orderMs.least, orderMs.most))
  }
  next()
}

answerParent({
  async start({ seed, servers: options }: ServersSettings): Promise<ServerPlace[]> {
    const places: ServerPlace[] = []
    for (const [index, each] of options.entries()) {
      const server = await startTokenServer(each)
      servers.push(server)
      order(server, seed + index)
      places.push({ name: 'abcdef'.charAt(index), url: server.url })
    }
    return places
  },
  setFaulty(to: boolean): void {
    isFaulty = to
  },
  report: (): ServersReport => ({
    orders: tally.report(),
    counts: servers.map(({ counts }) => ({ ...counts })),
  }),
  measure: measureProcess,
  end(): void {
    setImmediate(() => process.exit(0))
  },
})
