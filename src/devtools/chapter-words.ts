import type { SessionEvent, SignedOutEvent } from '../index.js'
import type { Chapter, Flight } from './chapter.js'
import { titleOf, toneOf, type Tone } from './tone.js'
import { inTime, requests } from './words.js'

/** A chapter in words: title, detail, and how it is to be taken. */
export type Telling = readonly [title: string, detail: string, tone: Tone]

/** Who made a generation that was not made here: `tab k3f`, or `another tab or process`. */
export type WhoMade = (event: SessionEvent) => string

/** Says what happened: `held 12 requests for 143 ms; refreshed by another tab; 12 replayed`. */
export function tell(chapter: Chapter, whoMade: WhoMade): Telling {
  if (chapter.what === 'flight') return tellFlight(chapter, whoMade)
  const { event, times } = chapter
  const detail = tellEvent(event, whoMade)
  return [nameOf(event), times > 1 ? `${detail}; ${times} times` : detail, toneOf(event.type)]
}

/** Its type: `Signed in`; of new tokens, the generation. */
const nameOf = ({ type, generation }: SessionEvent): string =>
  type === 'refreshed' || type === 'adopted' ? `Generation ${generation}` : titleOf(type)

/** Why there was a refresh, or requests were held. */
const reasons: Partial<Record<string, string>> = {
  'ahead-of-time': 'ahead of time, beside the requests',
  'lifetime-over': 'the lifetime was over',
  expired: 'the token had expired',
  requested: 'asked for by refresh()',
  restoring: 'the store was being read',
  'signing-in': 'a sign-in was being stored',
}

function tellFlight(flight: Flight, whoMade: WhoMade): Telling {
  const { counts, trigger = '', why = '', heldMs = 0, end } = flight
  const { 'turned-away': away, again, replayed, sent = 0, failed = 0, aborted = 0 } = counts
  const released = sent + failed + aborted
  // Of what is remembered, the beginning may be missing.
  const held = Math.max(counts.held ?? 0, released)
  const over = end?.type === 'signed-out' && end
  const parts = [
    reasons[trigger],
    away && `${whoOf(flight)} turned away${trigger || !replayed ? '' : ' late'}`,
    reasons[why],
    held > released
      ? `holds ${requests(held - released)}`
      : held && `held ${requests(held)} for ${inTime(heldMs)}`,
    over ? (over.reason === 'refused' ? 'refused' : 'let go') : end && tellEvent(end, whoMade),
    replayed && `${replayed} replayed`,
    again && `${again} turned away again`,
    failed && `${failed} failed`,
    aborted && `${aborted} aborted`,
  ]
  const going = trigger ? 'Refreshing' : held ? 'Held' : 'Turned away'
  const title = over ? 'Refresh' : end ? nameOf(end) : going
  return [title, parts.filter(Boolean).join('; '), end ? toneOf(end.type) : 'plain']
}

/** Who was turned away. */
export function whoOf({ counts, first }: Flight): string {
  const count = counts['turned-away'] ?? 0
  return count === 1 ? `request #${first}` : requests(count)
}

function tellEvent(event: SessionEvent, whoMade: WhoMade): string {
  switch (event.type) {
    case 'signed-in':
      return event.from === 'app' ? 'signIn()' : 'found in the store'
    case 'refreshed': {
      const tries = event.tries > 1 ? `, at try ${event.tries}` : ''
      return `refreshed here in ${inTime(event.durationMs)}${tries}`
    }
    case 'adopted':
      return event.from === 'app' ? 'adopt()' : `refreshed by ${whoMade(event)}`
    case 'refresh-unavailable':
      return `${event.reason}: ${event.message}; no other try for ${inTime(event.retryAfterMs)}`
    case 'expired':
      return 'expire()'
    case 'signed-out':
      return whyEnded(event)
    default:
      return 'message' in event ? event.message : ''
  }
}

/** Why a session ended. */
export function whyEnded({ reason, cause }: SignedOutEvent): string {
  if (reason === 'replaced') return 'another sign-in replaced it'
  if (reason === 'signed-out') return 'signOut(), here or in another tab'
  if (!cause) return 'the server refused the refresh of another tab or process'
  const { message, code, status } = cause as Record<string, unknown>
  const known = new Set([message, code, status].filter(Boolean))
  return `the server refused the refresh (${[...known].join(', ')})`
}
