import { draw, set } from './make.js'
import type { Tone } from './tone.js'

/** Shapes that differ without their colours, on 12 by 12. */
const shapes: Readonly<Record<Tone, string>> = {
  good: 'M6 1a5 5 0 1 1 0 10a5 5 0 1 1 0-10Z',
  plain: 'M6 1a5 5 0 1 1 0 10a5 5 0 1 1 0-10ZM6 3a3 3 0 1 0 0 6Z',
  warning: 'M6 0L12 6L6 12L0 6Z',
  bad: 'M1 1h10v10h-10Z',
}

/** A shape that can be changed. */
export function makeIcon() {
  const path = draw('path')
  const element = draw('svg', { viewBox: '0 0 12 12', 'aria-hidden': 'true' }, path)
  return {
    element,
    show(tone: Tone): void {
      set(path, 'd', shapes[tone])
      set(element, 'class', `icon ${tone}`)
    },
  }
}
