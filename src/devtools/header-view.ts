import { makeIcon } from './icon.js'
import { make, makeButton, put } from './make.js'
import type { Facts } from './model.js'
import { titleOf, toneOf } from './tone.js'

/** Status, which session and tab this is, and the buttons of the panel itself. */
export function createHeaderView(which: string, press: { move(): void; close(): void }) {
  const icon = makeIcon()
  // Each change is said once, when there is time for it.
  const status = make('span', 'status', { role: 'status' })
  const close = makeButton('close', 'Close', press.close)
  return {
    element: make(
      'header',
      'header',
      {},
      icon.element,
      make('h2', '', {}, status),
      make('span', 'hint', {}, which),
      makeButton('move', 'Move', press.move),
      close,
    ),
    focus: () => close.focus(),
    draw({ status: now }: Facts): void {
      icon.show(toneOf(now))
      put(status, titleOf(now))
    },
  }
}
