/** The process that makes traffic in Node. */
import { getEventListeners } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { memoryStore } from 'unexpired'
import type { TokenStore } from 'unexpired'
import { fileStore } from 'unexpired/node'

import type { AccountOptions } from './account.js'
import { answerParent } from './calls.js'
import { nodeClients } from './clients-node.js'
import { measureProcess } from './measure.js'
import type { Measure } from './measure.js'
import type { ServerPlace, TrafficSettings } from './settings.js'
import { createTraffic } from './traffic.js'
import type { Traffic } from './traffic.js'

let traffic: Traffic | undefined

const running = (): Traffic => {
  if (!traffic) throw new Error('it has not started')
  return traffic
}

/** At each server: one session of its own, two on one store, and two with a guest on one file. */
function accountsAt(server: ServerPlace, folder: string, hasFiles: boolean): AccountOptions[] {
  const memory = memoryStore()
  const path = join(folder, `${server.name}.json`)
  const common = { server, isLeader: true, makeClients: nodeClients }
  const name = (what: string): string => `${server.name}-${what}`
  const accounts: AccountOptions[] = [
    { ...common, name: name('alone'), openStore: memoryStore, seats: 1, hasGuest: false },
    { ...common, name: name('memory'), openStore: () => memory, seats: 2, hasGuest: true },
  ]
  if (!hasFiles) return accounts
  const openStore = (): TokenStore => fileStore(path)
  return [...accounts, { ...common, name: name('file'), openStore, seats: 2, hasGuest: true }]
}

answerParent({
  async start(settings: TrafficSettings): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'unexpired-soak-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    const accounts = settings.servers.flatMap((server) =>
      accountsAt(server, folder, settings.hasFiles),
    )
    traffic = createTraffic(settings, accounts)
  },
  run: () => running().run(),
  drain: () => running().drain(),
  report: () => running().report(),
  close: () => running().close(),
  async measure(): Promise<Measure> {
    const { heap, alive } = await measureProcess()
    const listeners = getEventListeners(running().sharedSignal, 'abort').length
    return { heap, alive: { ...alive, 'listeners of a shared signal': listeners } }
  },
  end(): void {
    setImmediate(() => process.exit(0))
  },
})
