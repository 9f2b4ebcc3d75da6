import { make } from './make.js'
import { inTime } from './words.js'

/** What is drawn: times, and the width in pixels that they fill. */
export interface TimeWindow {
  readonly from: number
  readonly to: number
  readonly now: number
  readonly width: number
}

/** A label needs so many pixels. */
const labelWidth = 56

/** A ruler. */
export function createAxis() {
  const element = make('div', 'axis', { 'aria-hidden': 'true' })
  let drawn: string | undefined
  return {
    element,
    /** Returns where its lines are, in pixels. */
    draw({ from, to, width }: TimeWindow): readonly number[] {
      const length = to - from
      const step = niceStep((length * labelWidth) / width)
      const times: number[] = []
      for (let time = 0; time < length; time += step) times.push(time)
      const now = `${length} ${step}`
      if (now !== drawn) {
        drawn = now
        element.replaceChildren(
          ...times.map((time) => {
            const label = make('span', '', {}, inTime(time))
            label.style.left = `${(time / length) * 100}%`
            return label
          }),
        )
      }
      return times.map((time) => (time / length) * width)
    },
  }
}

/** 1, 2 or 5 times a power of ten, in milliseconds. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return Math.max(1, power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10))
}
