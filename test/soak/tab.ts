import type { CDPSession, Page } from 'playwright-core'

import type { Measure } from './measure.js'
import type { SoakPage, TabSettings } from './page.js'

/** One tab that makes traffic. */
export interface SoakTab {
  readonly name: string
  call<K extends Exclude<keyof SoakPage, 'start'>>(
    name: K,
  ): Promise<Awaited<ReturnType<SoakPage[K]>>>
  measure(): Promise<Measure>
}

/** What Chromium counts of a page, by its own names. */
const counted = ['JSEventListeners', 'Documents', 'Frames', 'Nodes', 'ArrayBufferContents']

/** What was dropped may need a few turns until nobody points to it. */
const rounds = 3
const roundMs = 50

/** @param program - what runs in it, as text */
export async function openTab(
  page: Page,
  name: string,
  program: string,
  settings: TabSettings,
): Promise<SoakTab> {
  page.on('crash', () => process.emitWarning(`${name} has crashed`))
  await page.goto(settings.servers[0]?.url ?? '')
  await page.addScriptTag({ content: program })
  await page.evaluate(`soakPage.start(${JSON.stringify(settings)})`)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  return {
    name,
    call: (call) => page.evaluate(`soakPage.${call}()`),
    async measure() {
      for (let round = 0; round < rounds; round++) {
        await devtools.send('HeapProfiler.collectGarbage')
        await page.evaluate(`new Promise((resolve) => setTimeout(resolve, ${roundMs}))`)
      }
      await devtools.send('HeapProfiler.collectGarbage')
      const { usedSize } = await devtools.send('Runtime.getHeapUsage')
      const { metrics } = await devtools.send('Performance.getMetrics')
      const alive: Record<string, number> = { Promise: await countPromises(devtools) }
      for (const { name: metric, value } of metrics) {
        if (counted.includes(metric)) alive[metric] = value
      }
      return { heap: usedSize, alive }
    },
  }
}

async function countPromises(devtools: CDPSession): Promise<number> {
  const objectGroup = 'soak'
  const { result } = await devtools.send('Runtime.evaluate', {
    expression: 'Promise.prototype',
    objectGroup,
  })
  const { objects } = await devtools.send('Runtime.queryObjects', {
    prototypeObjectId: result.objectId ?? '',
    objectGroup,
  })
  const { result: length } = await devtools.send('Runtime.callFunctionOn', {
    functionDeclaration: 'function () { return this.length }',
    objectId: objects.objectId ?? '',
    returnByValue: true,
  })
  await devtools.send('Runtime.releaseObjectGroup', { objectGroup })
  return Number(length.value)
}
