import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

import { findBrowsers } from '../../scripts/browsers.js'
import type { DevtoolsLaunch } from '../../scripts/browsers.js'
import type { Measure } from './measure.js'
import type { RunnerKind } from './runner.js'
import { lifetimeS } from './settings.js'
import type { TrafficSettings } from './settings.js'
import { openTab } from './tab.js'
import type { SoakTab } from './tab.js'
import { sumOf } from './tally.js'

/** Of each server's account, which have one session together. */
const tabsEach = 2

/** Chromium sends a POST again by itself when its connection was cut: no server here is strict. */
const rotation = { graceMs: 10_000 }

/** @throws Error that says what to install */
export async function chromiumRunner(): Promise<RunnerKind> {
  const { launches, missing } = await findBrowsers()
  const launch = launches.chromium
  if (launch?.driver !== 'devtools') throw new Error(missing.chromium)
  return {
    name: 'Chromium',
    servers: [
      { accessTokenLifetime: lifetimeS, rotation },
      { accessTokenLifetime: lifetimeS, announceLifetime: false, rotation },
    ],
    start: (settings) => start(launch, settings),
  }
}

async function start({ program, args }: DevtoolsLaunch, settings: TrafficSettings) {
  const [browser, page] = await Promise.all([
    chromium.launch({ executablePath: program, args: [...args] }),
    bundlePage(),
  ])
  try {
    const tabs = await openTabs(browser, page, settings)
    const all = <T>(ask: (tab: SoakTab) => Promise<T>): Promise<T[]> => Promise.all(tabs.map(ask))
    return {
      // The one that signs in comes first.
      run: async () => void (await all((tab) => tab.call('run'))),
      drain: async () => void (await all((tab) => tab.call('drain'))),
      async measure() {
        const measures: Record<string, Measure> = {}
        for (const tab of tabs) measures[tab.name] = await tab.measure()
        return measures
      },
      report: async () => sumOf(await all((tab) => tab.call('report'))),
      close: async () => void (await all((tab) => tab.call('close'))),
      end: () => browser.close(),
    }
  } catch (error) {
    await browser.close()
    throw error
  }
}

async function openTabs(
  browser: Browser,
  program: string,
  { servers, ...settings }: TrafficSettings,
): Promise<SoakTab[]> {
  // One profile: tabs of one origin share what is stored.
  const context = await browser.newContext()
  const tabs: SoakTab[] = []
  const inFlight = Math.ceil(settings.inFlight / (servers.length * tabsEach))
  for (const server of servers) {
    for (let number = 1; number <= tabsEach; number++) {
      const name = `tab ${server.name}${number}`
      const tab = await openTab(await context.newPage(), name, program, {
        ...settings,
        seed: settings.seed + 17 * (tabs.length + 1),
        servers: [server],
        inFlight,
        isLeader: number === 1,
      })
      tabs.push(tab)
    }
  }
  return tabs
}

/** From the sources: esbuild reads the paths of tsconfig.json. */
async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: ['test/soak/page.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
  })
  return outputFiles.map(({ text }) => text).join('\n')
}
