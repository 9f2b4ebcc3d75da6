import { vi } from 'vitest'

import type { Reply } from './ask-redis.js'
import { startRedis } from './redis.js'
import type { RedisServer, StartRedis } from './redis.js'

/** A master and one replica of it. */
export interface ReplicatedRedis {
  readonly master: RedisServer
  readonly replica: RedisServer
  /** From now on the replica hears nothing of what is written to the master. */
  sever(): Promise<void>
}

/** Those two, and a Sentinel that puts the replica in the master's place. */
export interface SentinelRedis extends ReplicatedRedis {
  readonly sentinel: RedisServer
  /** What the Sentinel calls the master. */
  readonly name: string
}

/** Three masters without replicas. */
export interface ClusterRedis {
  readonly nodes: readonly RedisServer[]
  /** Who has a key. */
  nodeOf(key: string): Promise<RedisServer>
}

/** Asks until the answer says this. */
async function until(text: string, ask: () => Promise<Reply>): Promise<void> {
  const look = async (): Promise<void> => {
    const answer = String(await ask())
    if (!answer.includes(text)) throw new Error(`no ${text} in ${answer}`)
  }
  await vi.waitFor(look, { timeout: 20_000, interval: 20 })
}

export async function startReplicated(): Promise<ReplicatedRedis> {
  const master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] })
  const replica = await startRedis({ args: ['--replicaof', `127.0.0.1 ${master.port}`] })
  await until('master_link_status:up', () => replica.ask('INFO', 'replication'))
  return {
    master,
    replica,
    async sever() {
      // What is on its way to a stopped process would arrive yet.
      replica.freeze()
      await master.ask('CLIENT', 'KILL', 'TYPE', 'replica')
    },
  }
}

/** After so long without an answer a Sentinel takes a master for dead (milliseconds). */
const downAfterMs = 400

export async function startWithSentinel(): Promise<SentinelRedis> {
  const pair = await startReplicated()
  const name = 'main'
  const sentinel = await startRedis({
    sentinel: [
      `sentinel monitor ${name} 127.0.0.1 ${pair.master.port} 1`,
      `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
      `sentinel failover-timeout ${name} 2000`,
    ].join('\n'),
  })
  await until(`${pair.replica.port}`, () => sentinel.ask('SENTINEL', 'REPLICAS', name))
  return { ...pair, sentinel, name }
}

const slots = 16_384

export async function startCluster(start: StartRedis = startRedis): Promise<ClusterRedis> {
  // Where one master is down, the others serve.
  const args = ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no']
  args.push('--cluster-node-timeout', '5000')
  const nodes = await Promise.all([1, 2, 3].map(() => start({ args })))
  const [first] = nodes
  const share = Math.ceil(slots / nodes.length)
  for (const [at, node] of nodes.entries()) {
    const last = Math.min((at + 1) * share, slots) - 1
    await node.ask('CLUSTER', 'ADDSLOTSRANGE', at * share, last)
    await node.ask('CLUSTER', 'SET-CONFIG-EPOCH', at + 1)
    if (first && node !== first) await first.ask('CLUSTER', 'MEET', '127.0.0.1', node.port)
  }
  // Each must have heard from all: a client asks any of them who has which slot.
  for (const node of nodes) {
    await until('cluster_state:ok', () => node.ask('CLUSTER', 'INFO'))
    await until(`cluster_slots_assigned:${slots}`, () => node.ask('CLUSTER', 'INFO'))
  }
  return {
    nodes,
    async nodeOf(key) {
      const slot = Number(await first?.ask('CLUSTER', 'KEYSLOT', key))
      const node = nodes[Math.floor(slot / share)]
      if (!node) throw new Error(`nobody has slot ${slot}`)
      return node
    },
  }
}
