import { describe, expect, it } from 'vitest'

import type { Engine, Tab } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import { begin, openPanel, press, settled, status, textOf } from './panel.js'
import { eventually } from './sharing.js'

/** Nothing but what it needs, and no inline style or script. */
const strict = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `connect-src 'self'`,
  'img-src data:',
  `require-trusted-types-for 'script'`,
  `trusted-types 'none'`,
].join('; ')

/** Styles as no page has them all at once. */
const spoiling = `
  :root { font-size: 40px; color-scheme: dark; overflow: hidden }
  body { margin: 0; direction: rtl; text-transform: uppercase; letter-spacing: 6px; line-height: 4;
    font: italic 30px serif; color: red; visibility: visible; word-spacing: 2em; text-align: right;
    white-space: pre; cursor: wait; text-indent: 3em }
  body *, body *::before, body *::after { box-sizing: content-box !important; color: red !important;
    font: 30px cursive !important; line-height: 4 !important; background: yellow !important;
    padding: 20px !important; margin: 20px !important; border: 9px solid red !important;
    opacity: 0.4 !important; float: left !important; letter-spacing: 6px !important;
    transform: rotate(5deg) !important; filter: blur(3px) !important; width: 50px !important;
    position: static !important; pointer-events: none !important; overflow: hidden !important;
    z-index: -1 !important; max-width: 40px !important; text-transform: uppercase !important }
  :not(:defined) { display: none }
  div, section, button, ol, li, span, p, h2, header { display: inline !important }
  [hidden] { display: block !important }
  .panel, .button, .row, .bar, .fill { display: none !important }`

const looks = [
  'background-color',
  'border-top-width',
  'box-sizing',
  'color',
  'direction',
  'display',
  'filter',
  'float',
  'font-family',
  'font-size',
  'font-style',
  'letter-spacing',
  'line-height',
  'margin-left',
  'opacity',
  'overflow-x',
  'padding-left',
  'pointer-events',
  'position',
  'text-align',
  'text-indent',
  'text-transform',
  'transform',
  'visibility',
  'white-space-collapse',
  'word-spacing',
  'z-index',
]

/** How each thing in the panel looks: a line for each property of each. */
const looksOf = (tab: Tab): Promise<readonly string[]> =>
  tab.run<string[]>(`
    const { shadowRoot } = document.querySelector('unexpired-devtools')
    return [...shadowRoot.querySelectorAll('.pill *, .panel, .panel *')].flatMap((each, at) => {
      const style = getComputedStyle(each)
      const name = each.getAttribute('part') ?? each.getAttribute('class') ?? ''
      return ${JSON.stringify(looks)}.map((look) =>
        at + ' ' + each.localName + ' ' + name + ': ' + look + ' ' + style.getPropertyValue(look))
    })`)

const differences = (before: readonly string[], after: readonly string[]): readonly string[] =>
  after.filter((line, at) => line !== before[at])

const sizeOf = (tab: Tab): Promise<readonly number[]> =>
  tab.run<number[]>(`
    const { x, y, width, height } = document.querySelector('unexpired-devtools')
      .shadowRoot.querySelector('[part~=panel]').getBoundingClientRect()
    return [x, y, width, height].map(Math.round)`)

/** The panel in pages that make it hard. */
export function describePage(engine: () => Engine): void {
  describe('the panel in a page', () => {
    it('with a strict Content-Security-Policy works, and looks, as in any other', async () => {
      const open = await openWorld()
      const plain = await openPanel(engine(), open.url)
      await status(plain, 'Active')
      const { url, server } = await openWorld({ page: { 'Content-Security-Policy': strict } })
      const tab = await openPanel(engine(), url)
      await status(tab, 'Active')
      expect(differences(await looksOf(plain), await looksOf(tab))).toEqual([])

      server.orders.expireNow()
      await begin(tab, 5)
      await settled(tab)
      await press(tab, 'refresh')
      await eventually(() => textOf(tab, 'generation')).toBe('generation 3')
      await press(tab, 'copy')
      await eventually(() => textOf(tab, 'message')).toMatch(/cop(?:y|ied)/i)
      await press(tab, 'close')
      expect(await tab.run('violations')).toEqual([])

      // What is forbidden would have been noticed.
      await tab.run(`void document.body.append(document.createElement('style'))`)
      await eventually(() => tab.run<string[]>('violations')).toHaveLength(1)
    })

    it('whose own styles spoil all they can looks and works as in any other', async () => {
      const { url, server } = await openWorld()
      const tab = await openPanel(engine(), url)
      await status(tab, 'Active')
      const [before, size] = [await looksOf(tab), await sizeOf(tab)]
      await tab.run(`
        const style = document.createElement('style')
        style.textContent = ${JSON.stringify(spoiling)}
        document.head.append(style)`)
      expect(differences(before, await looksOf(tab))).toEqual([])
      expect(await sizeOf(tab)).toEqual(size)
      await press(tab, 'refresh')
      await eventually(() => textOf(tab, 'generation')).toBe('generation 2')
      expect(server.counts.refreshes).toBe(1)
    })
  })
}
