import type { TokenLifetime } from '../index.js'
import { make, put, set } from './make.js'
import type { Facts } from './model.js'
import { inTime } from './words.js'

/** A bar that drains. */
export function makeBar(name: string) {
  const fill = make('div', 'fill')
  const element = make('div', name, {}, fill)
  return {
    element,
    draw({ totalMs, leftMs = 0, aheadMs = 0 }: Partial<TokenLifetime> = {}): void {
      set(element, 'class', `bar ${totalMs ? (leftMs > aheadMs ? 'long' : 'ahead') : 'unknown'}`)
      fill.style.width = shareOf(totalMs, leftMs)
    },
  }
}

const shareOf = (totalMs = 1, ms = 0): string => `${((ms / totalMs) * 100).toFixed(1)}%`

/** The life of the access token in force, with the points at which something begins. */
export function createLifeView() {
  const label = 'Life of the access token'
  const bar = makeBar('life-bar')
  const ahead = make('div', 'point')
  const leeway = make('div', 'point', { class: 'point leeway' })
  bar.element.append(ahead, leeway)
  const left = make('strong', 'left')
  const generation = make('span', 'generation')
  const points = make('p', 'hint')
  const row = make('div', 'row', {}, left, generation)
  const element = make('section', 'life', { 'aria-label': label }, row, bar.element, points)
  return {
    element,
    draw({ lifetime, generation: number, ending }: Facts): void {
      const { totalMs, leftMs = 0, aheadMs, leewayMs } = lifetime ?? {}
      element.hidden = !!ending
      const text = lifeInWords(lifetime)
      bar.draw(lifetime)
      put(left, text)
      put(generation, `generation ${number}`)
      const meter = {
        role: 'meter',
        'aria-label': label,
        'aria-valuemin': '0',
        'aria-valuemax': String(totalMs ?? 1),
        'aria-valuenow': String(Math.round(leftMs)),
        'aria-valuetext': text,
      }
      for (const [name, value] of Object.entries(meter)) set(bar.element, name, value)
      ahead.hidden = leeway.hidden = points.hidden = !totalMs
      ahead.style.left = shareOf(totalMs, aheadMs)
      leeway.style.left = shareOf(totalMs, leewayMs)
      put(points, pointsInWords(lifetime))
    },
  }
}

/** `43 s of 60 s left`. */
export function lifeInWords(lifetime: TokenLifetime | undefined): string {
  if (!lifetime) return 'no token'
  const { totalMs, leftMs = 0, isExpired } = lifetime
  if (isExpired) return 'expired'
  if (!totalMs) return 'lifetime unknown: responses tell'
  // No more digits than the clock has steps.
  const step = leftMs < 10_000 ? 100 : 1000
  return `${inTime(Math.ceil(leftMs / step) * step)} of ${inTime(totalMs)} left`
}

/** What the two points mean. */
const pointsInWords = ({ aheadMs = 0, leewayMs = 0 }: Partial<TokenLifetime> = {}): string =>
  `▼ ${inTime(aheadMs)}: refreshed beside requests · ▬ ${inTime(leewayMs)}: requests are held`
