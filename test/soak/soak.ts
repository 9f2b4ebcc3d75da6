import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'

import { startChild } from './children.js'
import type { Sample } from './heap.js'
import type { Measure } from './measure.js'
import type { RunnerKind } from './runner.js'
import type { ServersReport, ServersSettings } from './server.js'
import type { ServerPlace, TrafficSettings } from './settings.js'
import type { Report } from './tally.js'

export interface SoakOptions extends Omit<TrafficSettings, 'servers'> {
  readonly minutes: number
}

/** How it stands. */
export interface Standing {
  readonly runner: string
  /** Of traffic, without the pauses in which nothing is sent. */
  readonly minutes: number
  readonly report: Report
  readonly servers: ServersReport
  /** By heap, in the order in which they were taken; the last is the servers'. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>
}

/**
 * Between two measures: traffic of so many milliseconds, and of so many requests, for which a busy machine
 * gets more time. A short soak has at least so many measures.
 */
const sampling = { everyMs: 30_000, requests: 30, mostMs: 10_000, least: 4 }

/** Of the heap that is not ours to keep flat: it is told, and not judged. */
export const serversHeap = 'servers'

/** It goes on after a mistake or two, as one may explain another; but not for long. */
const mostViolations = 20

const isHopeless = ({ violationCount, counts }: Report): boolean =>
  violationCount >= mostViolations || (counts['lost'] ?? 0) > 0

/** Runs traffic and faults at it for so long; `tell` is called with each measure. */
export async function soak(
  kind: RunnerKind,
  { minutes, ...traffic }: SoakOptions,
  tell: (standing: Standing) => void,
): Promise<Standing> {
  const totalMs = minutes * 60_000
  const pieces = Math.max(sampling.least, Math.round(totalMs / sampling.everyMs))
  const servers = startChild('./server.ts')
  try {
    const { seed } = traffic
    const toServe: ServersSettings = { seed, servers: kind.servers }
    const places = await servers.ask<ServerPlace[]>('start', toServe)
    const runner = await kind.start({ ...traffic, servers: places })
    try {
      const samples: Record<string, Sample[]> = {}
      let runMs = 0
      let madeBefore = 0
      const made = async (): Promise<number> => (await runner.report()).counts['made'] ?? 0
      const stand = async (): Promise<Standing> => ({
        runner: kind.name,
        minutes: runMs / 60_000,
        report: await runner.report(),
        servers: await servers.ask<ServersReport>('report'),
        samples,
      })
      for (let piece = 0; piece < pieces; piece++) {
        const from = performance.now()
        await servers.ask('setFaulty', true)
        await runner.run()
        await setTimeout(totalMs / pieces)
        const until = performance.now() + sampling.mostMs
        while (performance.now() < until && (await made()) < madeBefore + sampling.requests) {
          await setTimeout(totalMs / pieces)
        }
        madeBefore = await made()
        await servers.ask('setFaulty', false)
        runMs += performance.now() - from
        await runner.drain()
        const measures = {
          ...(await runner.measure()),
          [serversHeap]: await servers.ask<Measure>('measure'),
        }
        for (const [name, measure] of Object.entries(measures)) {
          ;(samples[name] ??= []).push({ ...measure, minute: runMs / 60_000 })
        }
        const standing = await stand()
        tell(standing)
        if (isHopeless(standing.report)) return standing
      }
      await runner.close()
      return await stand()
    } finally {
      await runner.end()
    }
  } finally {
    await servers.end()
  }
}
