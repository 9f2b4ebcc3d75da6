import type { TokenServerOptions } from 'unexpired/testing'

import type { Measure } from './measure.js'
import type { TrafficSettings } from './settings.js'
import type { Report } from './tally.js'

/** What makes traffic: a process of Node, or the tabs of a browser. */
export interface Runner {
  run(): Promise<void>
  /** Resolves when nothing is under way. */
  drain(): Promise<void>
  /** One for each heap, by its name. */
  measure(): Promise<Readonly<Record<string, Measure>>>
  report(): Promise<Report>
  /** Lets go of all sessions. */
  close(): Promise<void>
  /** Ends the program. */
  end(): Promise<void>
}

/** How a runner is started, and at which servers. */
export interface RunnerKind {
  readonly name: string
  readonly servers: readonly TokenServerOptions[]
  start(settings: TrafficSettings): Promise<Runner>
}
