import { describe, expect, it } from 'vitest'

import { useScreen } from '../harness/screen.js'
import { seriousFindings } from './axe.js'
import { openTold, tellRefresh } from './panel-story.js'
import { expectPictures, isAsExpected } from './picture.js'

const screen = useScreen()

const size = { width: 520, height: 760 }

describe('the panel, in light and in dark,', () => {
  it('looks as it did after a refresh, and axe finds nothing serious in it', async () => {
    const told = await openTold(screen, { size })
    await tellRefresh(told)
    await expectPictures(told.panel, 'panel-refreshed')
    await told.page.clock.resume()
    expect(await seriousFindings(told.page)).toEqual([])
  })

  it('looks as it did when a session has ended, and axe finds nothing serious in it', async () => {
    const told = await openTold(screen, { size })
    await tellRefresh(told, true)
    await expectPictures(told.panel, 'panel-ended')
    await told.page.clock.resume()
    expect(await seriousFindings(told.page)).toEqual([])
  })

  it('looks as it did when closed, and axe finds nothing serious in it', async () => {
    const told = await openTold(screen, { size, open: false })
    await told.pass(20_000)
    await expectPictures(told.pill, 'panel-closed')
    await told.page.clock.resume()
    expect(await seriousFindings(told.page)).toEqual([])
  })
})

describe('the pictures', () => {
  it('are the same with any font; a bar that is hidden, a colour, a part or a place that changed is seen', async () => {
    const told = await openTold(screen, { size })
    await tellRefresh(told)
    const { page, panel } = told
    const looks = (css: string): Promise<boolean> => {
      const change = `
        window.changed ??= new CSSStyleSheet()
        changed.replaceSync(${JSON.stringify(css)})
        const { shadowRoot } = document.querySelector('unexpired-devtools')
        if (!shadowRoot.adoptedStyleSheets.includes(changed)) {
          shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, changed]
        }`
      return page
        .evaluate(`(() => {${change}})()`)
        .then(() => isAsExpected(panel, 'panel-refreshed-light'))
    }
    expect(await looks('')).toBe(true)
    for (const family of ['serif', 'monospace', '"DejaVu Sans"', '"Liberation Sans"']) {
      expect(await looks(`* { font-family: ${family} }`), family).toBe(true)
    }
    for (const broken of [
      '.fill { visibility: hidden }',
      '.fill { background: red }',
      '[part~=timeline] svg { visibility: hidden }',
      '[part~=copy] { visibility: hidden }',
      '[part~=event-list] li { color: red }',
      '[part~=event-list] li:first-child { visibility: hidden }',
      '[part~=refresh] { margin-left: 12px }',
      '[part~=panel] { background: #eee }',
    ]) {
      expect(await looks(broken), broken).toBe(false)
    }
  })
})
