import { describe, expect, it } from 'vitest'

import { scenarios } from '../../../playground/shared/scenarios.js'
import { openPlayground } from '../harness/playground.js'
import { useScreen } from '../harness/screen.js'
import { seriousFindings } from './axe.js'
import { boardOf, openBoard, quick } from './board.js'
import { expectPictures } from './picture.js'

const screen = useScreen()

const phone = { width: 375, height: 720 }

/** How long things took is different each time: so the bars are not in the picture. */
const withoutTimes = `
  const style = document.createElement('style')
  style.textContent = '.plot .unexpired-waterfall > * { visibility: hidden !important }'
  document.head.append(style)`

describe('the playground', () => {
  it('looks as it did after its first run, in light and in dark, and axe finds nothing serious in it', async () => {
    const playground = await openPlayground()
    const board = await boardOf(playground, await screen.open(playground.url))
    const { page } = board
    await board.idle(1)
    await board.shows('right', { answered: 20, refreshes: 1 })
    await board.shows('left', { waiting: 0 })
    expect(await board.isSignedIn('left')).toBe(false)
    for (const [side, count] of [
      ['left', 20],
      ['right', 21],
    ] as const) {
      expect(await board.side(side).locator('.unexpired-waterfall li').count()).toBe(count)
    }
    expect(await seriousFindings(page)).toEqual([])
    await page.evaluate(withoutTimes)
    await expectPictures(page, 'playground')
  })

  it('has nothing serious with all that opens open, while it plays too', async () => {
    const board = await openBoard(screen, `${quick}&refresh=5000`)
    await board.page.evaluate(
      `document.querySelectorAll('details').forEach((each) => { each.open = true })`,
    )
    await board.page.locator('unexpired-devtools [part~=pill]').click()
    expect(await seriousFindings(board.page)).toEqual([])
    await board.press('expire')
    await board.press('send')
    await expect.poll(() => board.page.locator('html').getAttribute('data-state')).toBe('playing')
    expect(await seriousFindings(board.page)).toEqual([])
  })

  it('fits a phone: nothing is wider than the window, and every control can be touched', async () => {
    const board = await openBoard(screen, quick, { size: phone })
    const { page } = board
    await board.expireAndSend()
    await page.locator('#settings-title').click()
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    expect(width).toBe(phone.width)
    const small = await page.evaluate<string[]>(`
      [...document.querySelectorAll('button, select, input, summary')]
        .filter((each) => each.checkVisibility())
        .filter((each) => each.getBoundingClientRect().height < 24)
        .map(({ id, localName }) => localName + '#' + id)`)
    expect(small).toEqual([])
    expect(await seriousFindings(page)).toEqual([])
    await page.locator('#settings-title').click()
    await page.evaluate(`scrollTo(0, 0)`)
    // Nothing is under the mouse.
    await page.mouse.move(0, 0)
    await page.evaluate(withoutTimes)
    await expectPictures(page, 'phone')
  })

  it('plays a scenario by one press: each says so, and right nobody is thrown out unless the server refuses', async () => {
    const board = await openBoard(screen, 'still&api=20&refresh=100')
    let runs = 0
    for (const { id, needsTab } of scenarios) {
      if (needsTab) continue
      await board.press(`scenario-${id}`)
      await board.idle((runs += 1))
      expect(await board.pressed('#scenarios')).toEqual([`scenario-${id}`])
      await board.shows('right', { 'signed-out': id === 'refused' ? 1 : 0 })
      await board.shows('left')
      const [left, right] = await Promise.all(
        (['left', 'right'] as const).map((side) =>
          board.side(side).locator('[data-verdict]').innerText(),
        ),
      )
      expect(right, id).toMatch(id === 'refused' ? /signed out, once/ : /still signed in/)
      expect(left, id).toMatch(/thrown out|waiting/)
    }
  })
})
