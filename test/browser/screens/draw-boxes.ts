import type { Page } from 'playwright-core'

import { boxFont } from './box-font.js'

const font = boxFont().toString('base64')

/** In every tree of the page: shadow roots take no styles from outside. */
const script = `
  const bytes = Uint8Array.from(atob('${font}'), (letter) => letter.charCodeAt(0))
  document.fonts.add(await new FontFace('boxes', bytes).load())
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(
    '*, *::before, *::after { font-family: boxes !important; font-synthesis: none !important; ' +
    'letter-spacing: 0 !important; caret-color: transparent !important }',
  )
  const dress = (tree) => {
    tree.adoptedStyleSheets = [...tree.adoptedStyleSheets, sheet]
    for (const each of tree.querySelectorAll('*')) if (each.shadowRoot) dress(each.shadowRoot)
  }
  dress(document)
  await document.fonts.ready`

/** From now on every letter of a page is a box, of one size whatever fonts a machine has. */
export async function drawBoxes(page: Page): Promise<void> {
  await page.evaluate(`(async () => { ${script} })()`)
}
