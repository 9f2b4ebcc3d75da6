import { makeIcon } from './icon.js'
import { makeBar } from './life-view.js'
import { make, makeButton, put, set } from './make.js'
import type { Facts } from './model.js'
import { titleOf, toneOf } from './tone.js'

/** What is left of a closed panel. */
export function createPillView(name: string, open: () => void) {
  const icon = makeIcon()
  const label = make('span')
  const bar = makeBar('pill-bar')
  const element = makeButton('pill', '', open)
  element.classList.add('unexpired-colors')
  element.append(icon.element, label, bar.element)
  return {
    element,
    draw({ status, lifetime }: Facts): void {
      const word = titleOf(status)
      icon.show(toneOf(status))
      put(label, name === 'session' ? word : `${name}: ${word}`)
      set(element, 'aria-label', `unexpired devtools, ${name}: ${word}`)
      bar.draw(lifetime)
    },
  }
}
