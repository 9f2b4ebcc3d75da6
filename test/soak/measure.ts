import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import v8 from 'node:v8'

/** What a program holds while nothing is under way. */
export interface Measure {
  /** After garbage collection. Bytes. */
  readonly heap: number
  /** How many there are, by what they are: promises, listeners, timers, handles. */
  readonly alive: Readonly<Record<string, number>>
}

/** What was dropped may need a few turns until nobody points to it: finalizers, closing sockets. */
const rounds = 4
const roundMs = 30

/** Open files and sockets, on systems that tell. */
function descriptors(): Record<string, number> {
  try {
    return { descriptors: readdirSync('/proc/self/fd').length }
  } catch {
    return {}
  }
}

/** Of this process, which needs `--expose-gc`. */
export async function measureProcess(): Promise<Measure> {
  const { gc } = globalThis
  if (!gc) throw new Error('run with node --expose-gc')
  for (let round = 0; round < rounds; round++) {
    gc()
    await setTimeout(roundMs)
  }
  gc()
  const heap = process.memoryUsage().heapUsed
  const alive: Record<string, number> = {}
  for (const resource of process.getActiveResourcesInfo()) {
    alive[resource] = (alive[resource] ?? 0) + 1
  }
  return { heap, alive: { ...alive, ...descriptors(), ...promises() } }
}

/** Node can tell from 20.13 on. */
const promises = (): Record<string, number> =>
  'queryObjects' in v8 ? { Promise: v8.queryObjects(Promise, { format: 'count' }) } : {}
