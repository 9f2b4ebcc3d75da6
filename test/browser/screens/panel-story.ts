import { expect } from 'vitest'

import type { Screen } from '../harness/screen.js'
import { openPanelPage } from './panel-page.js'
import type { PanelPage, PanelPageOptions } from './panel-page.js'

/** A Tuesday, at noon. */
const noon = Date.UTC(2026, 8, 1, 12)

const patience = { timeout: 15_000, interval: 15 }

/** A page with the panel whose time goes on when it is told to. */
export interface Told extends PanelPage {
  /** So many milliseconds go by in the page. */
  pass(ms: number): Promise<void>
  /** Waits until the session has told of so many events of a type. */
  heard(type: string, count: number): Promise<void>
}

export async function openTold(screen: Screen, options: PanelPageOptions = {}): Promise<Told> {
  const opened = await openPanelPage(screen, { ...options, stoppedAt: noon })
  const { page } = opened
  await page.evaluate(`
    window.told = {}
    for (const type of ['held', 'turned-away', 'replayed', 'refreshed', 'signed-out', 'settled', 'sent']) {
      app.session.on(type, () => { told[type] = (told[type] ?? 0) + 1 })
    }`)
  return {
    ...opened,
    pass: (ms) => page.clock.runFor(ms),
    heard: (type, count) =>
      expect.poll(() => page.evaluate(`told['${type}'] ?? 0`), patience).toBe(count),
  }
}

/** Requests that go out at one moment, and whose answers are let in one after the other. */
const paths = ['me', 'cart', 'news', 'stock'] as const

/**
 * Four requests go out; after 90 ms they are turned away; the refresh takes 160 ms, in which a fifth
 * is held; all are sent again, and answered after 50, 100, 150 and 200 ms.
 */
export async function tellRefresh(told: Told, isRefused = false): Promise<void> {
  const { page, server, holdAnswers, pass, heard } = told
  const addressOf = (path: string): string => `/api/${path}-0`
  const send = (path: string): Promise<unknown> =>
    page.evaluate(`void app.send(1, '/${path}').catch(() => undefined)`)
  const hold = (): (() => void)[] => paths.map((path) => holdAnswers(addressOf(path)))

  server.orders.expireNow()
  if (isRefused) server.orders.refuseRefresh()
  const first = hold()
  for (const [at, path] of paths.entries()) {
    await send(path)
    await heard('sent', at + 1)
  }
  await pass(90)
  const letRefresh = holdAnswers('/auth/refresh')
  for (const [at, letIn] of first.entries()) {
    letIn()
    await heard('turned-away', at + 1)
  }
  // A held answer knows its path: those of the second sending wait anew.
  const second = hold()
  await pass(80)
  await send('late')
  await pass(80)
  letRefresh()
  if (isRefused) {
    await heard('signed-out', 1)
    await heard('settled', paths.length + 1)
    await pass(100)
    return
  }
  await heard('replayed', paths.length)
  await heard('settled', 1)
  for (const [at, letIn] of second.entries()) {
    await pass(50)
    letIn()
    await heard('settled', at + 2)
  }
  await pass(100)
}
