import type { Engine, Key, Tab } from '../harness/engine.js'
import type { OpenOptions, Outcome } from '../page/lab.js'
import { eventually } from './sharing.js'

/** The shadow root of the panel. */
const root = `document.querySelector('unexpired-devtools').shadowRoot`

/** A part of the panel, as an expression. */
export const partOf = (name: string): string => `${root}.querySelector('[part~=${name}]')`

export interface PanelOptions extends OpenOptions {
  readonly mount?: { readonly open?: boolean; readonly name?: string; readonly corner?: string }
  /** @defaultValue true */
  readonly signIn?: boolean
}

/** Opens a page with an app whose user has signed in, and the panel in it. */
export async function openPanel(
  engine: Engine,
  url: string,
  { mount = { open: true }, signIn = true, ...options }: PanelOptions = {},
): Promise<Tab> {
  const tab = await engine.open(new URL('/panel.html', url).href)
  await startApp(tab, options)
  if (signIn) await tab.run('app.signIn()')
  await tab.run(`void app.mount(${JSON.stringify(mount)})`)
  return tab
}

export const startApp = (tab: Tab, options: OpenOptions = {}): Promise<unknown> =>
  tab.run(`openApp(${JSON.stringify(options)})`)

export const press = (tab: Tab, part: string): Promise<void> => tab.click(partOf(part))

/** The text of a part as it is seen; '' where it is not. */
export const textOf = (tab: Tab, part: string): Promise<string> =>
  tab.run<string>(`${partOf(part)}.innerText`)

/** Whether a part can be seen. */
export const isSeen = (tab: Tab, part: string): Promise<boolean> =>
  tab.run<boolean>(`${partOf(part)}.getClientRects().length > 0`)

/** Waits until the header of the open panel says this. */
export const status = (tab: Tab, word: string): Promise<void> =>
  eventually(() =>
    tab.run<string>(`${root}.querySelector('header [part~=status]').innerText`),
  ).toBe(word)

/** In which corner of the window the middle of what is seen lies. */
export const cornerOf = (tab: Tab): Promise<string> =>
  tab.run<string>(`
    const { left, right, top, bottom } = [${partOf('panel')}, ${partOf('pill')}]
      .find((each) => each.getClientRects().length > 0).getBoundingClientRect()
    const place = [top + bottom > innerHeight ? 'bottom' : 'top', left + right > innerWidth ? 'right' : 'left']
    return place.join('-')`)

/** What is in the list of events, newest first. */
const eventTexts = (tab: Tab): Promise<readonly string[]> =>
  tab.run<string[]>(
    `Array.from(${partOf('event-list')}.children, (each) => each.innerText.replace(/\\s+/g, ' ').trim())`,
  )

/** The last thing that happened. */
export const newest = async (tab: Tab): Promise<string> => (await eventTexts(tab))[0] ?? ''

/** What the lane of each request says. */
export const laneTexts = (tab: Tab): Promise<readonly string[]> =>
  tab.run<string[]>(
    `Array.from(${root}.querySelectorAll('[part~=request] .words'), ({ textContent }) => textContent)`,
  )

/** Begins to send; \`settled\` waits for the outcomes. */
export async function begin(tab: Tab, count: number, path = '/thing'): Promise<void> {
  await tab.run(`void (window.sent = app.send(${count}, ${JSON.stringify(path)}))`)
}

export const settled = (tab: Tab): Promise<readonly Outcome[]> =>
  tab.run<readonly Outcome[]>('window.sent')

/** Waits until the page knows that so many were turned away: the server knows earlier. */
export const turnedAway = (tab: Tab, count: number): Promise<void> =>
  eventually(() =>
    tab.run(`app.session.explain().filter(({ type }) => type === 'turned-away').length`),
  ).toBe(count)

/** All that can be read of the panel: texts, titles, names, and what is typed in. */
export const allOf = (tab: Tab): Promise<string> =>
  tab.run<string>(`[
    ${root}.innerHTML,
    ...Array.from(${root}.querySelectorAll('textarea'), ({ value }) => value),
    JSON.stringify({ ...localStorage }),
  ].join(' ')`)

/** The tokens in force. */
export const tokensOf = (tab: Tab): Promise<readonly string[]> =>
  tab.run<string[]>('[app.session.tokens.accessToken, app.session.tokens.refreshToken]')

/** The part that has the focus, or where it is in the page. */
export const focused = (tab: Tab): Promise<string> =>
  tab.run<string>(`${root}.activeElement?.getAttribute('part') ?? document.activeElement.id`)

/** Presses a key until a part has the focus. */
export async function goTo(tab: Tab, part: string, key: Key = 'Tab', most = 30): Promise<void> {
  for (let presses = 0; presses < most; presses += 1) {
    if ((await focused(tab)) === part) return
    await tab.press(key)
  }
  throw new Error(`${key} does not reach ${part}`)
}
