import type { SideName } from '../shared/control-api.js'
import { many } from '../shared/verdict.js'
import type { Fault, Settings } from '../shared/settings.js'
import type { Cast } from './cast.js'
import { pageClock } from './clock.js'
import { control } from './control.js'
import { pause } from './turns.js'

/** Long enough to read a line, short enough not to wait. Milliseconds. */
const readMs = 700

/**
 * For whom the server has done nothing on so many looks, a fifth of a second apart, nothing will come.
 * The right side has deadlines of its own, and is waited for.
 */
const patience: Readonly<Record<SideName, number>> = { left: 9, right: 300 }

/** How often is looked whether it is over. Milliseconds. */
const stepMs = 50

/** Brings the token into the state that the requests are to find it in. */
export async function prepareToken(
  { token, lifetime }: Settings,
  signal: AbortSignal,
  say: (caption: string) => void,
): Promise<void> {
  if (token === 'expired') {
    say('The access token expires …')
    await control('order', { order: 'expire' })
    await pause(readMs, signal)
  } else if (token === 'over') {
    say(`Waiting until the token has lived its ${many(lifetime, 'second')} …`)
    await pause(lifetime * 1000 + 50, signal)
  }
}

const troubles: Readonly<Record<Fault, string>> = {
  none: '',
  refuse: ', and the server refuses every refresh',
  hang: ', and the first refresh is never answered',
  drop: ', and the answer to the first refresh is lost',
  busy: ', and the server is busy (503)',
  blip: ', and the Wi-Fi drops in the middle of the refresh',
  offline: ', and nobody gets through',
  clock: ', and the clock has jumped three hours ahead',
}

export const captionOf = ({ requests, fault, token }: Settings, tabs: number): string => {
  const from = tabs > 1 ? ` from each of ${tabs} tabs` : ' at once'
  const meeting = token === 'as-is' ? '' : ' with the expired token'
  return `${many(requests, 'request')} leave${requests === 1 ? 's' : ''}${from}${meeting}${troubles[fault]}.`
}

/** What goes wrong in the page itself. */
export function disturb({ fault }: Settings): void {
  if (fault === 'clock') pageClock.jump()
}

/** On how many looks in a row each side had nothing under way at its server. */
export type QuietLooks = Readonly<Record<SideName, number>>

/**
 * Sends the load on both sides, and waits until it has ended, or until who has not will never; tells
 * whether somebody on the left is such a one.
 */
export async function sendBoth(
  cast: Cast,
  { requests }: Settings,
  signal: AbortSignal,
  quiet: QuietLooks,
): Promise<boolean> {
  const end = async (side: SideName): Promise<boolean> => {
    let isOver = false
    const sent = cast[side].send(requests).then(() => {
      isOver = true
    })
    while (!isOver) {
      if (quiet[side] > patience[side]) return true
      await Promise.race([sent, pause(stepMs, signal)])
    }
    return false
  }
  const [isLeftHanging] = await Promise.all([end('left'), end('right')])
  return isLeftHanging
}
