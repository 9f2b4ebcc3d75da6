import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, inject, onTestFinished } from 'vitest'

import { exitWithRun } from './end-of-run.js'

type Scheme = 'light' | 'dark'

export interface ScreenOptions {
  /** @defaultValue 1280 by 800 */
  readonly size?: { readonly width: number; readonly height: number }
  /** Fakes the page's clock, which stands still from the beginning (milliseconds since the epoch). */
  readonly stoppedAt?: number
  /** A script that runs in the page before any other. */
  readonly first?: string
}

export interface Screen {
  /** A page of its own, with nothing stored. Closes with its test. */
  open(url: string, options?: ScreenOptions): Promise<Page>
}

/** What makes a picture the same each time: nothing moves, and one pixel is one pixel. */
const still: BrowserContextOptions = {
  colorScheme: 'light',
  deviceScaleFactor: 1,
  reducedMotion: 'reduce',
  locale: 'en-GB',
  timezoneId: 'UTC',
  // The rules of a page are not those of who examines it.
  bypassCSP: true,
}

/**
 * Chromium as Playwright starts it, for what is looked at: every page counts as visible, has the size
 * and the scheme that a test asks for, and shares nothing with the others.
 */
export function useScreen(): Screen {
  const launch = inject('browsers').chromium
  let browser: Browser | undefined

  beforeAll(async () => {
    if (!launch && process.env['CI']) throw new Error(inject('missingBrowsers').chromium)
    if (launch?.driver !== 'devtools') return
    exitWithRun()
    browser = await chromium.launch({ executablePath: launch.program, args: [...launch.args] })
  })
  beforeEach((context) => context.skip(!launch, 'chromium is not installed'))
  afterAll(() => browser?.close())

  return {
    async open(url, options = {}) {
      const { size = { width: 1280, height: 800 }, stoppedAt, first } = options
      if (!browser) throw new Error('the screen is used outside of a test')
      const context = await browser.newContext({ ...still, viewport: size })
      onTestFinished(() => context.close())
      const page = await context.newPage()
      if (first !== undefined) await page.addInitScript(first)
      if (stoppedAt !== undefined) {
        // It runs from here until it is stopped, which may take its time.
        await page.clock.install({ time: stoppedAt - 600_000 })
        await page.clock.pauseAt(stoppedAt)
      }
      await page.goto(url)
      return page
    },
  }
}

/** Looks at a page in both schemes; afterwards it is light, as at the beginning. */
export async function inBoth(page: Page, look: (scheme: Scheme) => Promise<void>): Promise<void> {
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await look(scheme)
  }
}
