/** Makes the pictures of the playground and the panel that README and docs show: docs/images/*.png. */
import { mkdir } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { chromium } from 'playwright-core'
import type { Browser, Locator, Page } from 'playwright-core'

import { startPlayground } from '../playground/start-playground.js'
import { findBrowsers } from './browsers.js'

type Scheme = 'light' | 'dark'

interface Look {
  readonly scheme?: Scheme
  readonly width?: number
  readonly height?: number
  /** Pixels of the picture for one of the page. */
  readonly scale?: number
}

const images = fileURLToPath(new URL('../docs/images/', import.meta.url))

async function startChromium(): Promise<Browser> {
  const { launches, missing } = await findBrowsers()
  if (launches.chromium?.driver !== 'devtools') throw new Error(missing.chromium)
  const { program, args } = launches.chromium
  return chromium.launch({ executablePath: program, args: [...args] })
}

/** Opens a page, and waits until its first run is over. */
async function afterFirstRun(browser: Browser, url: string, look: Look): Promise<Page> {
  const { scheme = 'light', width = 1280, height = 800, scale = 1 } = look
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: scheme,
    deviceScaleFactor: scale,
    reducedMotion: 'reduce',
  })
  await page.goto(url)
  await page.locator('html[data-state=idle][data-runs="1"]').waitFor()
  // Verdicts are drawn with the next frame.
  await page.locator('[data-side=right] [data-verdict]:not(:empty)').waitFor()
  return page
}

async function take(of: Page | Locator, name: string): Promise<void> {
  const path = `${images}${name}.png`
  await of.screenshot({ path, animations: 'disabled' })
  console.info(relative(process.cwd(), path))
}

await mkdir(images, { recursive: true })
const browser = await startChromium()
const playground = await startPlayground({ port: 0 })
try {
  for (const scheme of ['light', 'dark'] as const) {
    const page = await afterFirstRun(browser, playground.url, { scheme })
    await take(page, `playground-${scheme}`)
    await page.close()

    const few = `${playground.url}?requests=8`
    const other = await afterFirstRun(browser, few, { scheme, scale: 2 })
    const panel = (part: string): Locator => other.locator(`unexpired-devtools [part~=${part}]`)
    await panel('pill').click()
    await panel('event').first().waitFor()
    // Nothing of the page shows at the round corners.
    await other.addStyleTag({ content: 'body > :not(unexpired-devtools) { visibility: hidden }' })
    await take(panel('panel'), `panel-${scheme}`)
    await other.close()
  }
  const phone = { width: 390, height: 844, scale: 1.5 }
  await take(await afterFirstRun(browser, playground.url, phone), 'playground-phone')
} finally {
  await browser.close()
  await playground.close()
}
