import type { Locator, Page } from 'playwright-core'

import { openWorld } from '../harness/world.js'
import type { World } from '../harness/world.js'
import type { Screen, ScreenOptions } from '../harness/screen.js'
import type { OpenOptions } from '../page/lab.js'

/** A page with an app whose user has signed in, and the panel in it. */
export interface PanelPage extends World {
  readonly page: Page
  readonly panel: Locator
  readonly pill: Locator
  part(name: string): Locator
}

export interface PanelPageOptions extends ScreenOptions, OpenOptions {
  /** Whether the panel is open. @defaultValue true */
  readonly open?: boolean
}

/** A random number is the middle one: ids have the same length, and the ahead-of-time point its place. */
const noChance = 'Math.random = () => 0.5'

export async function openPanelPage(
  screen: Screen,
  { open = true, size, stoppedAt, ...options }: PanelPageOptions = {},
): Promise<PanelPage> {
  const world = await openWorld()
  const page = await screen.open(new URL('/panel.html', world.url).href, {
    ...(size && { size }),
    ...(stoppedAt !== undefined && { stoppedAt }),
    first: noChance,
  })
  await page.evaluate(`openApp(${JSON.stringify(options)})`)
  await page.evaluate('app.signIn()')
  await page.evaluate(`void app.mount({ open: ${open} })`)
  const part = (name: string): Locator => page.locator(`unexpired-devtools [part~=${name}]`)
  return { ...world, page, part, panel: part('panel'), pill: part('pill') }
}
