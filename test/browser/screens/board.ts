import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

import type { Playground } from '../../../playground/start-playground.js'
import { parseSettings } from '../../../playground/shared/settings.js'
import type { Settings } from '../../../playground/shared/settings.js'
import { openPlayground } from '../harness/playground.js'
import type { Screen, ScreenOptions } from '../harness/screen.js'
import { countedBy } from '../scenarios/playground.js'

export type SideName = 'left' | 'right'

/** Long enough for a busy machine (milliseconds). */
const patience = { timeout: 20_000, interval: 20 }

/** The page of a playground of its own: what it shows, and its controls. */
export interface Board {
  readonly playground: Playground
  readonly page: Page
  side(name: SideName): Locator
  /** Waits until so many runs are over, and nothing plays. */
  idle(runs: number): Promise<void>
  /** Presses a control, by its id. */
  press(id: string): Promise<void>
  /** The ids of the buttons of a group that are pressed. */
  pressed(within: string): Promise<readonly string[]>
  /** Signs in anew on both sides. */
  signIn(): Promise<void>
  /** Changes a setting, and waits until the servers have it. */
  set(name: string, value: string): Promise<void>
  /** The numbers that a side shows are those that its server has counted, and these. */
  shows(name: SideName, numbers?: Readonly<Record<string, unknown>>): Promise<void>
  isSignedIn(name: SideName): Promise<boolean>
  /** Expires the token, as the server says, sends, and waits until all is over. */
  expireAndSend(): Promise<void>
  /** Sends, and waits until all is over. */
  send(): Promise<void>
}

/** Quick, and the tests say themselves when the token expires. */
export const quick = 'still&token=as-is&requests=8&api=20&refresh=100'

export async function openBoard(
  screen: Screen,
  query: string,
  options: ScreenOptions = {},
): Promise<Board> {
  const playground = await openPlayground()
  const page = await screen.open(`${playground.url}?${query}`, options)
  return boardOf(playground, page)
}

export async function boardOf(playground: Playground, page: Page): Promise<Board> {
  const root = page.locator('html')
  const side = (name: SideName): Locator => page.locator(`[data-side=${name}]`)
  const data = (): Promise<string> =>
    page.evaluate<string>(
      `(({ state, runs }) => state + ' ' + (runs ?? 0))(document.documentElement.dataset)`,
    )
  const idle = async (runs: number): Promise<void> =>
    expect.poll(data, patience).toBe(`idle ${runs}`)
  const ready = async (): Promise<void> => expect.poll(data, patience).toMatch(/^idle/)
  const press = async (id: string): Promise<void> => page.locator(`#${id}`).click()
  /** What it said before counts no more. */
  const hush = (): Promise<unknown> =>
    page.evaluate(`document.querySelector('#caption').textContent = ''`)
  const said = async (what: RegExp): Promise<void> => {
    await expect.poll(() => page.locator('#caption').innerText(), patience).toMatch(what)
    await ready()
  }

  async function send(): Promise<void> {
    const runs = Number((await root.getAttribute('data-runs')) ?? 0)
    await press('send')
    await idle(runs + 1)
  }

  await ready()
  return {
    playground,
    page,
    side,
    idle,
    press,
    send,
    pressed: (within) =>
      page.evaluate(
        `[...document.querySelectorAll('${within} [aria-pressed=true]')].map(({ id }) => id)`,
      ),
    async signIn() {
      await hush()
      await press('sign-in')
      await said(/Signed in anew/)
    },
    async set(name, value) {
      const control = page.locator(`#set-${name}`)
      if (!(await control.isVisible())) await page.locator('#settings-title').click()
      await hush()
      if ((await control.evaluate((each) => each.tagName)) === 'SELECT') {
        await control.selectOption(value)
      } else {
        await control.fill(value)
        await control.press('Tab')
      }
      await said(/Ready|started anew/)
      const { [name as keyof Settings]: now } = parseSettings(new URL(page.url()).search)
      expect(typeof now === 'boolean' ? (now ? 'yes' : 'no') : String(now)).toBe(value)
    },
    async shows(name, numbers = {}) {
      const shown = (): Promise<Readonly<Record<string, number>>> =>
        page.evaluate(`Object.fromEntries(
          [...document.querySelectorAll('[data-side=${name}] [data-count]')].map(
            (each) => [each.dataset.count, Number(each.textContent)]))`)
      // What is known is drawn with the next frame.
      await expect
        .poll(shown, { ...patience, message: name })
        .toMatchObject({ ...countedBy(playground, name), ...numbers })
    },
    isSignedIn: async (name) => (await side(name).getAttribute('data-signed-in')) === 'yes',
    async expireAndSend() {
      await hush()
      await press('expire')
      await said(/has expired/)
      await send()
    },
  }
}
