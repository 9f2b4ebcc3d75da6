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
  readonly refreshesRefused: number
  readonly reuseDetected: number
  /** Of the run. */
  readonly fault: Fault
  /** Nothing is under way any more for those who still wait. */
  readonly isHanging: boolean
  /** Somebody else played at the same servers: what they counted is not of this run alone. */
  readonly isMixed: boolean
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
  const { refreshes, answered, sent, isMixed } = outcome
  const waiting = waitingOf(outcome)
  return [
    ...(isMixed ? [] : [many(refreshes, 'refresh', 'refreshes')]),
    `${answered} of ${sent} answered`,
    ...(waiting > 0 ? [`${waiting} still waiting`] : []),
    ending(outcome),
  ].join(' · ')
}

function moodOf(side: SideName, outcome: Outcome): Mood {
  const { answered, sent, signedOut, isSignedIn, refreshes, fault, isHanging } = outcome
  if (waitingOf(outcome) > 0) return isHanging ? 'bad' : 'fair'
  if (outcome.isMixed) return 'fair'
  // The server wanted it so: ended once is as good as it gets.
  if (fault === 'refuse' && signedOut <= 1) return 'fair'
  if (signedOut > 0) return 'bad'
  // A person may sign out whenever they like.
  if (!isSignedIn) return side === 'right' ? 'fair' : 'bad'
  return answered === sent && refreshes <= mostRefreshes[side] ? 'good' : 'fair'
}

/** How each of the large figures is to be taken; undefined where it says nothing. */
export function figureMoods(
  side: SideName,
  outcome: Outcome,
): Readonly<Record<'refreshes' | 'answered' | 'signed-out', Mood | undefined>> {
  const { answered, sent, signedOut, refreshes, fault } = outcome
  const { mood } = verdictOf(side, outcome)
  const isMeant = fault === 'refuse' && signedOut === 1
  if (outcome.isMixed) return { refreshes: undefined, answered: undefined, 'signed-out': undefined }
  return {
    refreshes: refreshes === 0 ? undefined : refreshes > mostRefreshes[side] ? 'bad' : 'good',
    answered: answered === sent ? 'good' : mood === 'fair' ? 'fair' : 'bad',
    'signed-out': signedOut === 0 ? 'good' : isMeant ? 'fair' : 'bad',
  }
}

/** What both sides have in common. */
function calmStory(outcome: Outcome): string | undefined {
  const { sent, answered, failed, refreshes, isSignedIn, signedOut, fault } = outcome
  if (outcome.isMixed) {
    return 'Another page played at the same time: the servers counted both, so their numbers are not of this one alone.'
  }
  if (answered === sent && refreshes === 0 && signedOut === 0)
    return 'The token was good: nothing was to be refreshed.'
  if (fault === 'offline' && failed === sent && isSignedIn && signedOut === 0 && refreshes === 0) {
    return 'Nobody got through. The requests failed, and the user stays signed in.'
  }
  return undefined
}

const oneRefresh = (sent: number): string =>
  sent === 1
    ? 'One refresh, and the request was answered.'
    : 'One refresh for all, and everybody was answered.'

const failing = ({ failed, sent }: Outcome): string =>
  sent === 1 ? 'The request failed' : `${failed} of ${sent} requests failed`

function waitingStory(outcome: Outcome): string[] {
  const waiting = waitingOf(outcome)
  if (waiting === 0) return []
  const words = outcome.isHanging
    ? 'will wait for ever'
    : waiting === 1
      ? 'still waits'
      : 'still wait'
  return [`${many(waiting, 'request')} ${words}.`]
}

function leftStory(outcome: Outcome): string {
  const { sent, answered, failed, refreshes, reuseDetected, signedOut, fault } = outcome
  const parts: string[] = []
  if (refreshes > 1) {
    parts.push(`${refreshes} refreshes, where all could have shared one.`)
  } else if (refreshes === 1 && answered === sent && signedOut === 0) parts.push(oneRefresh(sent))
  if (reuseDetected > 0) {
    parts.push(
      'The server saw a spent refresh token come again, took it for a theft, and ended the session.',
    )
  } else if (signedOut > 0 && fault === 'refuse') {
    parts.push(`The user was sent to sign in ${times(signedOut)}.`)
  } else if (signedOut > 0 && outcome.refreshesRefused > 0) {
    parts.push('The server refused a refresh, and the user was signed out.')
  } else if (signedOut > 0) {
    parts.push('A refresh that only failed counted as a refusal, and the user was signed out.')
  } else if (failed > 0) parts.push(`${failing(outcome)}, and that was all.`)
  parts.push(...waitingStory(outcome))
  return parts.join(' ') || 'All were answered.'
}

/** With these the first refresh yields nothing, so that one that came through was another one. */
const isRetried: readonly Fault[] = ['hang', 'drop', 'blip']

/** With these a refresh may not be had at all. */
const isUnavailable: readonly Fault[] = [...isRetried, 'busy', 'offline']

function endStory({ sent, answered, failed, signedOut, reuseDetected, fault }: Outcome): string {
  const all = answered === 0 ? `all ${sent}` : `the ${failed}`
  const told = `; ${sent === 1 ? 'the request was' : `${all} requests${answered === 0 ? '' : ' without an answer'} were`} told why`
  const end = `The session ended ${times(signedOut)}, with one message${failed > 0 ? told : ''}.`
  if (reuseDetected === 0) return end
  const why =
    fault === 'drop' || fault === 'hang'
      ? 'The answer was lost after the server had spent the refresh token, and it took the second try for a theft. Rotation with grace prevents that.'
      : 'The server saw a spent refresh token come again.'
  return `${why} ${end}`
}

function rightStory(outcome: Outcome): string {
  const { sent, answered, failed, refreshes, signedOut, isSignedIn, fault } = outcome
  if (waitingOf(outcome) > 0) {
    const stays = isSignedIn ? ['The user stays signed in.'] : []
    return [...waitingStory(outcome), ...stays].join(' ')
  }
  if (signedOut > 0) return endStory(outcome)
  if (answered === sent) {
    if (refreshes === 1) return oneRefresh(sent)
    return isRetried.includes(fault)
      ? 'The refresh was tried again until it came through. Everybody was answered.'
      : `${refreshes} refreshes, one after the other, and everybody was answered.`
  }
  if (!isSignedIn) return `The user signed out before the end. ${failing(outcome)}.`
  if (failed === sent && isUnavailable.includes(fault)) {
    return 'The refresh cannot be had just now. Each request was told so, and the user stays signed in.'
  }
  return `${failing(outcome)}, and the user stays signed in.`
}

/** One refresh may take three tries; refreshes beside one another are another matter. */
const mostRefreshes = { left: 1, right: 3 }

export function verdictOf(side: SideName, outcome: Outcome): Verdict {
  const own = side === 'left' ? leftStory : rightStory
  return {
    mood: moodOf(side, outcome),
    headline: headlineOf(outcome),
    story: calmStory(outcome) ?? own(outcome),
  }
}
