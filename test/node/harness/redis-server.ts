import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startGroup } from '../../browser/harness/process-group.js'
import type { ProcessGroup } from '../../browser/harness/process-group.js'
import { claimPort } from '../../support/claim-port.js'
import { askRedis } from './ask-redis.js'
import type { Reply } from './ask-redis.js'

export interface RedisServerOptions {
  /** More arguments for redis-server, such as `['--maxmemory', '1mb']`. */
  readonly args?: readonly string[]
  /** It is a Sentinel, and this is its configuration. */
  readonly sentinel?: string
}

/** A redis-server of our own, on 127.0.0.1. It ends with this process at the latest. */
export interface RedisServer {
  readonly port: number
  /** `redis://127.0.0.1:port` */
  readonly url: string
  /** Asks it over a connection that is opened for this alone. Numbers come as numbers. */
  ask(...command: readonly (string | number)[]): Promise<Reply>
  /** How often it ran each command, by the commands' lower-case names, since the last `resetCounts`. */
  counts(): Promise<Readonly<Record<string, number>>>
  resetCounts(): Promise<void>
  /** SIGKILL: all that it held is gone. */
  kill(): Promise<void>
  /** Starts it again on the same port, empty. */
  start(): Promise<void>
  /** SIGSTOP: it takes connections yet, and answers nobody. */
  freeze(): void
  thaw(): void
  end(): Promise<void>
}

/** Tells that it serves; of a Sentinel, that it watches. */
const ready = /Ready to accept connections|Sentinel ID is/

/** Nothing is written to a disk; and a test may make it sleep. */
const volatile = ['--save', '', '--appendonly', 'no', '--enable-debug-command', 'local']

/** Starts one, empty, that writes nothing to a disk. Needs nothing of a test runner. */
export async function startRedisServer(
  program: string,
  { args = [], sentinel }: RedisServerOptions = {},
): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'unexpired-redis-'))
  const { port, release } = await claimPort()
  let group: ProcessGroup

  async function start(): Promise<void> {
    const listening = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder]
    if (sentinel !== undefined) await writeFile(join(folder, 'sentinel.conf'), sentinel)
    const what = sentinel === undefined ? volatile : ['sentinel.conf', '--sentinel']
    group = startGroup(program, [...what, ...listening, ...args], { cwd: folder })
    try {
      await group.said(1, ready)
    } catch (error) {
      await group.end()
      throw error
    }
  }

  async function end(): Promise<void> {
    await group.end()
    release()
    await rm(folder, { recursive: true, force: true })
  }

  try {
    await start()
  } catch (error) {
    await end()
    throw error
  }

  const ask: RedisServer['ask'] = (...command) => askRedis(port, command)
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    ask,
    async counts() {
      const lines = String(await ask('INFO', 'commandstats')).matchAll(
        /^cmdstat_([^:]+):calls=(\d+)/gm,
      )
      return Object.fromEntries([...lines].map(([, name, calls]) => [name, Number(calls)]))
    },
    async resetCounts() {
      await ask('CONFIG', 'RESETSTAT')
    },
    kill: () => group.end(),
    start,
    freeze: () => void group.child.kill('SIGSTOP'),
    thaw: () => void group.child.kill('SIGCONT'),
    end,
  }
}
