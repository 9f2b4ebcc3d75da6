import { Key as Code } from 'selenium-webdriver'
import type { WebDriver } from 'selenium-webdriver'

import type { Key } from './engine.js'

const codes: Readonly<Record<Key, string>> = {
  Tab: Code.TAB,
  'Shift+Tab': Code.TAB,
  Enter: Code.ENTER,
  Space: Code.SPACE,
  Escape: Code.ESCAPE,
  Home: Code.HOME,
  End: Code.END,
  ArrowUp: Code.ARROW_UP,
  ArrowDown: Code.ARROW_DOWN,
  ArrowLeft: Code.ARROW_LEFT,
  ArrowRight: Code.ARROW_RIGHT,
}

/** Presses a key where the focus is. */
export async function pressIn(driver: WebDriver, key: Key): Promise<void> {
  const actions = driver.actions({ async: false })
  const isShifted = key.startsWith('Shift+')
  if (isShifted) actions.keyDown(Code.SHIFT)
  actions.sendKeys(codes[key])
  if (isShifted) actions.keyUp(Code.SHIFT)
  await actions.perform()
}
