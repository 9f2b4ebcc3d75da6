/** What makes traffic in a tab: the same as in Node, with the browser's store. */
import { browserStore } from 'unexpired/browser'

import { axiosClient, fetchClient } from './clients-fetch.js'
import type { TrafficSettings } from './settings.js'
import type { Report } from './tally.js'
import { createTraffic } from './traffic.js'
import type { Traffic } from './traffic.js'

/** A tab, and whether it is the one that signs in and out. */
export interface TabSettings extends TrafficSettings {
  readonly isLeader: boolean
}

/** What can be asked of a tab. */
export interface SoakPage {
  start(settings: TabSettings): void
  run(): void
  drain(): Promise<void>
  report(): Report
  close(): Promise<void>
}

let traffic: Traffic | undefined

const running = (): Traffic => {
  if (!traffic) throw new Error('it has not started')
  return traffic
}

const page: SoakPage = {
  start({ isLeader, ...settings }) {
    const accounts = settings.servers.map((server) => ({
      name: `${server.name}-tabs`,
      server,
      isLeader,
      seats: 1,
      hasGuest: true,
      openStore: () => browserStore(`soak-${server.name}`),
      makeClients: (session: Parameters<typeof fetchClient>[0], origin: string) => ({
        axios: axiosClient(session, origin),
        fetch: fetchClient(session, origin),
      }),
    }))
    traffic = createTraffic(settings, accounts)
  },
  run: () => running().run(),
  drain: () => running().drain(),
  report: () => running().report(),
  close: () => running().close(),
}

Object.assign(window, { soakPage: page })
