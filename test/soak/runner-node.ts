import { startChild } from './children.js'
import type { Measure } from './measure.js'
import type { RunnerKind } from './runner.js'
import { lifetimeS } from './settings.js'

/** One server with grace, which says how long a token lives, and a strict one, which does not. */
export const nodeRunner: RunnerKind = {
  name: 'Node',
  servers: [
    { accessTokenLifetime: lifetimeS, rotation: { graceMs: 10_000 } },
    { accessTokenLifetime: lifetimeS, announceLifetime: false, rotation: 'strict' },
  ],
  async start(settings) {
    const child = startChild('./node.ts')
    try {
      await child.ask('start', settings)
    } catch (error) {
      await child.end()
      throw error
    }
    return {
      run: () => child.ask('run'),
      drain: () => child.ask('drain'),
      measure: async () => ({ Node: await child.ask<Measure>('measure') }),
      report: () => child.ask('report'),
      close: () => child.ask('close'),
      end: () => child.end(),
    }
  },
}
