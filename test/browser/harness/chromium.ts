import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'

import type { DevtoolsLaunch } from '../../../scripts/browsers.js'
import type { Engine, Tab } from './engine.js'
import { engineOf, tabOf } from './playwright.js'
import { startGroup } from './process-group.js'

/**
 * Chromium as users have it. Playwright's own start would say of every tab that it is visible and
 * has the focus; so none could be hidden, let alone frozen.
 */
export async function startChromium({ program, args }: DevtoolsLaunch): Promise<Engine> {
  const profile = await mkdtemp(join(tmpdir(), 'unexpired-chromium-'))
  const own = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`]
  const group = startGroup(program, [...args, ...own, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const remove = (): void => rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  process.once('exit', remove)
  const close = async (): Promise<void> => {
    process.off('exit', remove)
    await group.end()
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const devtools = await group.said(2, /ws:\/\/\S+(?=\s)/)
    const browser = await chromium.connectOverCDP(devtools, { noDefaults: true, isLocal: true })
    const [context] = browser.contexts()
    if (!context) throw new Error('Chromium has no profile')
    const pages = { take: () => context.newPage(), giveBack: (page: Page) => page.close() }
    return engineOf('chromium', context, pages, chromiumTab, async () => {
      await browser.close()
      await close()
    })
  } catch (error) {
    await close()
    throw error
  }
}

async function chromiumTab(page: Page): Promise<Tab> {
  const devtools = await page.context().newCDPSession(page)
  const lifecycle = async (state: 'frozen' | 'active'): Promise<void> => {
    await devtools.send('Page.setWebLifecycleState', { state })
  }
  return {
    ...tabOf(page),
    async crash() {
      const crashed = new Promise((resolve) => page.once('crash', resolve))
      // Who would have to answer is gone.
      devtools.send('Page.crash').catch(() => undefined)
      await crashed
    },
    freeze: () => lifecycle('frozen'),
    thaw: () => lifecycle('active'),
  }
}
