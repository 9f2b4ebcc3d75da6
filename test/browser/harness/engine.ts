import { afterAll, beforeAll, beforeEach, inject } from 'vitest'

import type { Lab } from '../page/lab.js'
import type { EngineName, Launch } from '../../../scripts/browsers.js'
import { exitWithRun } from './end-of-run.js'

export type { EngineName }

/** A key that is no letter, by its name in the DOM. */
export type Key = 'Tab' | 'Shift+Tab' | 'Enter' | 'Space' | 'Escape' | 'Home' | 'End' | Arrow
type Arrow = `Arrow${'Up' | 'Down' | 'Left' | 'Right'}`

/** One browser with one profile: its tabs share what an origin stores. */
export interface Engine {
  readonly name: EngineName
  /** A new tab, in front. Tabs close with their test. */
  open(url: string): Promise<Tab>
  /** Where the engine can. `world.unplug()` works everywhere. */
  setOffline?(offline: boolean): Promise<void>
  close(): Promise<void>
}

/** A tab. Every call rejects once it is closed or has crashed. */
export interface Tab {
  /** Calls a function of the page's lab; what it resolves to comes back as JSON. */
  call<K extends keyof Lab>(
    name: K,
    ...args: Parameters<Lab[K]>
  ): Promise<Awaited<ReturnType<Lab[K]>>>
  /** Runs an expression, or a body with `await` and `return`; what it gives comes back as JSON. */
  run<T>(script: string): Promise<T>
  /** Clicks as a mouse does on what a JavaScript expression gives: an element, in a shadow root too. */
  click(element: string): Promise<void>
  /** Presses a key as a keyboard does, where the focus is. */
  press(key: Key): Promise<void>
  goto(url: string): Promise<void>
  reload(): Promise<void>
  back(): Promise<void>
  close(): Promise<void>
  /** Brings it to the front. */
  show(): Promise<void>
  /** Ends the page's process. Chromium. */
  crash?(): Promise<void>
  /** Stops the page as a browser does that saves power. Chromium. */
  freeze?(): Promise<void>
  thaw?(): Promise<void>
}

/** The driver of one engine is all that its tests load: each takes a good part of a second. */
async function start(launch: Launch): Promise<Engine> {
  switch (launch.driver) {
    case 'devtools':
      return (await import('./chromium.js')).startChromium(launch)
    case 'playwright':
      return (await import('./playwright.js')).startPlaywright(launch)
    case 'web-driver':
      return (await import('./web-driver.js')).startWebDriver(launch)
  }
}

/**
 * One browser for the tests of a file. Where the engine is missing they are skipped, and the run
 * says in one line what to install; with CI=true they fail instead.
 */
export function useEngine(name: EngineName): () => Engine {
  const launch = inject('browsers')[name]
  let engine: Engine | undefined

  beforeAll(async () => {
    // Where all must be shown, nothing is skipped.
    if (!launch && process.env['CI']) throw new Error(inject('missingBrowsers')[name])
    if (!launch) return
    exitWithRun()
    engine = await start(launch)
  })
  beforeEach((context) => context.skip(!launch, `${name} is not installed`))
  afterAll(() => engine?.close())

  return () => {
    if (!engine) throw new Error(`${name} is used outside of a test`)
    return engine
  }
}
