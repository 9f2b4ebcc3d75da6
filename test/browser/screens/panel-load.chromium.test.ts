import { describe, expect, it } from 'vitest'

import { useScreen } from '../harness/screen.js'
import { openPanelPage } from './panel-page.js'

const screen = useScreen()

/** Three times as many as 5,000 in a minute, for some seconds. */
const load = { aSecond: 250, count: 1000 }

/** Between two frames, for slow and busy machines; now and then they do something else for longer (milliseconds). */
const mostMs = { usual: 400, ever: 4000 }

/** More than all that an open panel shows has elements, however long it has been open. */
const mostElements = 1500

interface Smoothness {
  /** Between two frames: of twenty, nineteen are shorter. */
  readonly usualGapMs: number
  readonly worstGapMs: number
  readonly elements: number
  readonly lanes: number
  /** How many requests it says that it remembers. */
  readonly remembered: number
}

/** Every fiftieth is turned away, so that all take part in a refresh now and then. */
const script = `
  const gaps = []
  let last = performance.now(), isOver = false
  const tick = () => {
    const now = performance.now()
    gaps.push(now - last)
    last = now
    if (!isOver) requestAnimationFrame(tick)
  }
  requestAnimationFrame(tick)
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const begun = performance.now()
  const all = []
  while (all.length < ${load.count}) {
    const due = Math.min(${load.count}, Math.ceil((performance.now() - begun) / 1000 * ${load.aSecond}))
    while (all.length < due) {
      const at = all.length
      let attempts = 0
      all.push(app.session.authorize(async () => { attempts += 1; await wait(at % 60); return { attempts } },
        { request: { method: 'GET', url: '/thing-' + at }, expired: (outcome) => at % 500 === 0 && outcome.value.attempts === 1 }))
    }
    await wait(4)
  }
  await Promise.all(all)
  isOver = true
  const { shadowRoot } = document.querySelector('unexpired-devtools')
  return {
    usualGapMs: gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.95)],
    worstGapMs: gaps.at(-1),
    elements: shadowRoot.querySelectorAll('*').length,
    lanes: shadowRoot.querySelectorAll('[part~=request]').length,
    remembered: Number.parseInt(shadowRoot.querySelector('[part~=timeline] .hint').textContent),
  }`

describe('a page with very many requests', () => {
  it('goes on being drawn while the panel is open, and what the panel keeps has a bound', async () => {
    const { page, part } = await openPanelPage(screen)
    const smooth = await page.evaluate<Smoothness>(`(async () => {${script}})()`)
    if (process.env['SHOW_FIGURES']) console.info(smooth)
    expect(smooth.usualGapMs).toBeLessThan(mostMs.usual)
    expect(smooth.worstGapMs).toBeLessThan(mostMs.ever)
    expect(smooth.elements).toBeLessThan(mostElements)
    expect(smooth.lanes).toBeGreaterThan(10)
    expect(smooth.remembered).toBeGreaterThanOrEqual(smooth.lanes)
    expect(smooth.remembered).toBeLessThan(load.count / 2)
    await expect.poll(() => part('generation').innerText()).toMatch(/^generation [2-9]$/)
  })
})
