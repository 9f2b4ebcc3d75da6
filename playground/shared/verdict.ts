import type { SideName } from './control-api.js'
import type { Fault } from './settings.js'

/** What became of one load on one side: what the server counted, and what the app noticed. */
export interface Outcome {
  readonly sent: number
  readonly answered: number
  readonly failed: number
  /** How often the user was sent to sign in. */
  readonly signedOut: number
  readonly isSignedIn: boolean
  readonly refreshes: number
  readonly reuseDetected: number
  readonly fault: Fault
}

export type Mood = 'good' | 'fair' | 'bad'

export interface Verdict {
  readonly mood: Mood
  /** In words, such as `1 refresh · 20 of 20 answered · still signed in`. */
  readonly headline: string
  /** Why, in a sentence or two. */
  readonly story: string
}

export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`

const times = (count: number): string =>
  count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`

export const waitingOf = ({ sent, answered, failed }: Outcome): number => sent - answered - failed

function ending({ signedOut, isSignedIn }: Outcome): string {
  if (signedOut > 1) return `thrown out ${times(signedOut)}`
  if (signedOut === 1) return 'signed out, once'
  return isSignedIn ? 'still signed in' : 'signed out'
}

export function headlineOf(outcome: Outcome): string {
  const { refreshes, answered, sent } = outcome
  const waiting = waitingOf(outcome)
  return [
    many(refreshes, 'refresh', 'refreshes'),
    `${answered} of ${sent} answered`,
    ...(waiting > 0 ? [`${waiting} still waiting`] : []),
    ending(outcome),
  ].join(' · ')
}

function moodOf(outcome: Outcome, mostRefreshes: number): Mood {
  const { answered, sent, signedOut, isSignedIn, refreshes, fault } = outcome
  if (waitingOf(outcome) > 0) return 'bad'
  // The server wanted it so: ended once is as good as it gets.
  if (fault === 'refuse' && signedOut <= 1) return 'fair'
  if (!isSignedIn || signedOut > 0) return 'bad'
  return answered === sent && refreshes <= mostRefreshes ? 'good' : 'fair'
}

/** How each of the large figures is to be taken; undefined where it says nothing. */
export function figureMoods(
  side: SideName,
  outcome: Outcome,
): Readonly<Record<'refreshes' | 'answered' | 'signed-out', Mood | undefined>> {
  const { answered, sent, signedOut, refreshes, fault } = outcome
  const { mood } = verdictOf(side, outcome)
  const isMeant = fault === 'refuse' && signedOut === 1
  return {
    refreshes: refreshes === 0 ? undefined : refreshes > mostRefreshes[side] ? 'bad' : 'good',
    answered: answered === sent ? 'good' : mood === 'fair' ? 'fair' : 'bad',
    'signed-out': signedOut === 0 ? 'good' : isMeant ? 'fair' : 'bad',
  }
}

/** What both sides have in common. */
function calmStory({ sent, answered, refreshes, signedOut, fault }: Outcome): string | undefined {
  if (answered === sent && refreshes === 0)
    return 'The token was good: nothing was to be refreshed.'
  if (fault === 'offline' && signedOut === 0 && refreshes === 0) {
    return 'Nobody got through. The requests failed, and the user stays signed in.'
  }
  return undefined
}

function leftStory(outcome: Outcome): string {
  const { sent, answered, refreshes, reuseDetected, signedOut, fault } = outcome
  const waiting = waitingOf(outcome)
  const parts: string[] = []
  if (refreshes > 1) {
    parts.push(
      signedOut === 0 && waiting === 0 && answered === sent
        ? `${refreshes} refreshes where one would do: every request refreshed for itself.`
        : 'Every request refreshed for itself.',
    )
  }
  if (reuseDetected > 0) {
    parts.push(
      'The server saw a spent refresh token come again, took it for a theft, and ended the session.',
    )
  } else if (fault === 'refuse' && signedOut > 0) {
    parts.push(`The user was sent to sign in ${times(signedOut)}.`)
  } else if (signedOut > 0) {
    parts.push('A refresh that only failed counted as a refusal, and the user was signed out.')
  }
  if (waiting > 0) parts.push(`${many(waiting, 'request')} will wait for ever.`)
  return parts.join(' ') || 'The requests failed, and that was all.'
}

function rightStory(outcome: Outcome): string {
  const { sent, answered, refreshes, signedOut } = outcome
  if (signedOut > 0) {
    return `The session ended once, with one message; ${sent === 1 ? 'the request was' : `all ${sent - answered} requests were`} told why.`
  }
  if (answered === sent) {
    if (refreshes === 1) {
      return sent === 1
        ? 'One refresh, and the request was answered.'
        : 'One refresh. Everybody waited for it, and was answered.'
    }
    return 'The refresh was tried again until it came through. Everybody waited, and was answered.'
  }
  return 'The refresh cannot be had just now. Each request was told so, and the user stays signed in.'
}

/** One refresh may take three tries; refreshes beside one another are another matter. */
const mostRefreshes = { left: 1, right: 3 }

export function verdictOf(side: SideName, outcome: Outcome): Verdict {
  const own = side === 'left' ? leftStory : rightStory
  return {
    mood: moodOf(outcome, mostRefreshes[side]),
    headline: headlineOf(outcome),
    story: calmStory(outcome) ?? own(outcome),
  }
}
