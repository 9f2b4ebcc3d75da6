import { setTimeout } from 'node:timers/promises'

import { chromium, firefox, webkit } from 'playwright-core'
import type { BrowserContext, BrowserType, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

import type { EngineName, PlaywrightLaunch } from '../../../scripts/browsers.js'
import type { Engine, Tab } from './engine.js'
import { jsonOf, labCall } from './script.js'

const types: Readonly<Record<EngineName, BrowserType>> = { chromium, firefox, webkit }

/** A browser that Playwright starts: every tab counts as visible. */
export async function startPlaywright({ name, options }: PlaywrightLaunch): Promise<Engine> {
  const browser = await types[name].launch(options)
  const context = await browser.newContext()
  // A new tab takes Firefox half a second; one that was used, and left, is as good.
  const spare: Page[] = []
  const pages: PageSource = {
    take: async () => spare.pop() ?? (await context.newPage()),
    async giveBack(page) {
      if (page.isClosed()) return
      await page.goto('about:blank')
      spare.push(page)
    },
  }
  return engineOf(name, context, pages, tabOf, () => browser.close())
}

/** Where the pages of tabs come from, and go to with the end of their test. */
export interface PageSource {
  take(): Promise<Page>
  giveBack(page: Page): Promise<void>
}

export function engineOf(
  name: EngineName,
  context: BrowserContext,
  pages: PageSource,
  makeTab: (page: Page) => Tab | Promise<Tab>,
  close: () => Promise<void>,
): Engine {
  return {
    name,
    async open(url) {
      const page = await pages.take()
      onTestFinished(() => pages.giveBack(page))
      const tab = await makeTab(page)
      await tab.goto(url)
      return tab
    },
    setOffline: (offline) => context.setOffline(offline),
    close,
  }
}

/** Rejects when the page has gone: what was asked of it is never answered then. */
function goneOf(page: Page): Promise<never> {
  const gone = new Promise<never>((_, reject) => {
    page.once('close', () => reject(new Error('the tab was closed')))
    page.once('crash', () => reject(new Error('the tab has crashed')))
  })
  gone.catch(() => undefined)
  return gone
}

export function tabOf(page: Page): Tab {
  const gone = goneOf(page)
  const evaluate = async (script: string): Promise<unknown> =>
    JSON.parse(await Promise.race([page.evaluate<string>(script), gone]))
  return {
    call: (name, ...args) => evaluate(jsonOf(labCall(name, args))) as never,
    run: <T>(script: string) => evaluate(jsonOf(script)) as Promise<T>,
    async click(element) {
      const found = (await page.evaluateHandle<Element>(element)).asElement()
      if (!found) throw new Error(`nothing to click on: ${element}`)
      // What is only said to be disabled can be clicked on: Playwright would wait until it is not.
      await found.click({ force: (await found.getAttribute('aria-disabled')) === 'true' })
    },
    press: (key) => page.keyboard.press(key),
    goto: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    back: () => goBack(page, gone),
    close: () => page.close(),
    show: () => page.bringToFront(),
  }
}

/** How long the page before may take to be there, and how often that is asked (milliseconds). */
const backMs = { patience: 10_000, pause: 10 }

/** Playwright's own goBack waits in vain for a page that comes out of the back/forward cache to load. */
async function goBack(page: Page, gone: Promise<never>): Promise<void> {
  await page.evaluate('void setTimeout(() => history.back(), (window.isLeft = true) && 0)')
  const until = performance.now() + backMs.patience
  while (performance.now() < until) {
    const asked = page.evaluate('!window.isLeft && document.readyState === "complete"')
    const isBack = await Promise.race([asked.catch(() => false), gone, setTimeout(1_000, false)])
    if (isBack) return
    await setTimeout(backMs.pause)
  }
  throw new Error('the page before did not come back')
}
