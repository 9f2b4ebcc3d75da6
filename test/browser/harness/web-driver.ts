import { setTimeout } from 'node:timers/promises'

import { Builder, Capabilities } from 'selenium-webdriver'
import type { WebDriver, WebElement } from 'selenium-webdriver'
import { onTestFinished } from 'vitest'

import type { WebDriverLaunch } from '../../../scripts/browsers.js'
import type { Engine, Tab } from './engine.js'
import { jsonOf, labCall } from './script.js'
import { pressIn } from './web-driver-keys.js'
import { startService } from './web-driver-service.js'

/** Runs a task with the driver turned to one tab, when all those before it are through. */
type InTab = <T>(handle: string, task: (driver: WebDriver) => Promise<T>) => Promise<T>

/**
 * How long a start may take, in milliseconds. On a machine with too much to do one was seen to hang:
 * the browser never listened where its driver had told it to.
 */
const startMs = 25_000

/** How long one step of the driver may take, which are all short: pages load from this machine (milliseconds). */
const stepMs = 20_000

/** How long a call of a page may take: long after the longest bound that a test waits for (milliseconds). */
const callMs = 90_000

export async function startWebDriver(launch: WebDriverLaunch): Promise<Engine> {
  try {
    return await tryToStart(launch)
  } catch {
    return tryToStart(launch)
  }
}

async function tryToStart(launch: WebDriverLaunch): Promise<Engine> {
  const service = await startService(launch)
  const late = setTimeout(startMs, undefined, { ref: false }).then(() => {
    throw new Error(`${launch.browser} did not start within ${startMs} ms`)
  })
  try {
    const driver = await Promise.race([newSession(service.url, launch), late])
    return await engineOf(launch, driver, async () => {
      await driver.quit().catch(() => undefined)
      await service.end()
    })
  } catch (error) {
    await service.end()
    throw error
  } finally {
    late.catch(() => undefined)
  }
}

async function newSession(url: string, { browser }: WebDriverLaunch): Promise<WebDriver> {
  const capabilities = new Capabilities({
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] },
  })
  const driver = await new Builder().usingServer(url).withCapabilities(capabilities).build()
  await driver.manage().setTimeouts({ pageLoad: stepMs, script: stepMs })
  return driver
}

async function engineOf(
  { name }: WebDriverLaunch,
  driver: WebDriver,
  close: () => Promise<void>,
): Promise<Engine> {
  // Never closed: the session would end with its last window.
  const home = await driver.getWindowHandle()
  let current = home
  let last: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task)
    last = turn.catch(() => undefined)
    return turn
  }
  const inTab: InTab = (handle, task) =>
    inTurn(async () => {
      if (current !== handle) await driver.switchTo().window(handle)
      current = handle
      return task(driver)
    })

  // A window that was used, and left, is as good as a new one, and there in a tenth of the time.
  const spare: string[] = []
  // Each a window of its own: of the tabs of one window all but the first would count as hidden.
  const newWindow = (): Promise<string> =>
    inTab(home, async () => {
      await driver.switchTo().newWindow('window')
      return (current = await driver.getWindowHandle())
    })

  return {
    name,
    async open(url) {
      const handle = spare.pop() ?? (await newWindow())
      const tab = tabOf(handle, inTab)
      onTestFinished(async () => {
        if (tab.isClosed()) return
        await tab.goto('about:blank')
        spare.push(handle)
      })
      await tab.goto(url)
      return tab
    },
    close,
  }
}

/** How soon, and how often at most, a page is asked whether a call has settled (milliseconds). */
const pollMs = { first: 2, most: 50 }

interface Kept {
  readonly value?: string
  readonly error?: string
}

/**
 * The driver does one thing at a time, so nothing is waited for inside it: a call is started, the
 * page keeps what becomes of it, and is asked for it.
 */
const startCall = (id: number, script: string): string => `
  const kept = (window.keptCalls ??= new Map())
  kept.set(${id}, {});
  ${jsonOf(script)}.then(
    (value) => kept.set(${id}, { value }),
    (error) => kept.set(${id}, { error: String(error) }),
  )`

const askFor = (id: number): string => `
  const call = window.keptCalls?.get(${id})
  if (call?.value !== undefined || call?.error !== undefined) window.keptCalls.delete(${id})
  return call ?? { error: 'the page that was asked is not there any more' }`

/** Between two looks at where an element is: more than a frame (milliseconds). */
const frameMs = 40

/**
 * Waits until an element stays where it is, as Playwright does: the driver works out the place first, and
 * presses there, whatever has moved since.
 */
async function atRest(element: WebElement): Promise<void> {
  const place = async (): Promise<string> => JSON.stringify(await element.getRect())
  const until = performance.now() + stepMs / 2
  let before = ''
  for (let now = await place(); now !== before; now = await place()) {
    if (performance.now() > until) throw new Error(`it moves all the time: ${now}`)
    before = now
    await setTimeout(frameMs)
  }
}

function tabOf(handle: string, inTab: InTab): Tab & { isClosed(): boolean } {
  let lastId = 0
  let isClosed = false

  const inside = <T>(task: (driver: WebDriver) => Promise<T>): Promise<T> =>
    inTab(handle, (driver) => {
      if (isClosed) throw new Error('the tab was closed')
      return task(driver)
    })

  async function evaluate(script: string): Promise<unknown> {
    const id = (lastId += 1)
    await inside((driver) => driver.executeScript(startCall(id, script)))
    const until = performance.now() + callMs
    for (let pauseMs = pollMs.first; ; pauseMs = Math.min(pauseMs * 2, pollMs.most)) {
      const { value, error } = await inside((driver) => driver.executeScript<Kept>(askFor(id)))
      if (error !== undefined) throw new Error(error)
      if (value !== undefined) return JSON.parse(value)
      if (performance.now() > until) throw new Error(`not settled in ${callMs} ms: ${script}`)
      await setTimeout(pauseMs)
    }
  }

  return {
    call: (name, ...args) => evaluate(labCall(name, args)) as never,
    run: <T>(script: string) => evaluate(script) as Promise<T>,
    click: (element) =>
      inside(async (driver) => {
        const found = await driver.executeScript<WebElement | null>(`return ${element}`)
        if (!found) throw new Error(`nothing to click on: ${element}`)
        await atRest(found)
        await found.click()
      }),
    press: (key) => inside((driver) => pressIn(driver, key)),
    // A load that hangs, as one in some hundreds does on a busy machine, is begun again.
    goto: (url) => inside((driver) => driver.get(url).catch(() => driver.get(url))),
    reload: () => inside((driver) => driver.navigate().refresh()),
    back: () => inside((driver) => driver.navigate().back()),
    async close() {
      if (isClosed) return
      await inside((driver) => driver.close())
      isClosed = true
    },
    // All windows are in front.
    show: async () => undefined,
    isClosed: () => isClosed,
  }
}
