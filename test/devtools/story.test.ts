import { expect, test } from 'vitest'

import type { SessionEvent, SessionEvents } from 'unexpired'

import { tell, type Telling } from '../../src/devtools/chapter-words.js'
import { endingOf } from '../../src/devtools/ending.js'
import { createStory } from '../../src/devtools/story.js'

type Detail = Partial<SessionEvents[keyof SessionEvents]> & Pick<SessionEvent, 'type'>

const whoMade = () => 'another tab or process'

function storyOf(...events: readonly Detail[]) {
  const story = createStory()
  events.forEach((event, i) =>
    story.add({ at: i, sessionId: 'one', generation: 3, ...event } as SessionEvent, i),
  )
  return story
}

const toldOf = (...events: readonly Detail[]): readonly Telling[] =>
  storyOf(...events)
    .chapters()
    .map((chapter) => tell(chapter, whoMade))

const ids = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1)
const turnedAway = (requestId: number, attempt: 1 | 2 = 1): Detail => ({
  type: 'turned-away',
  requestId,
  attempt,
})
const held = (requestId: number): Detail => ({ type: 'held', requestId, why: 'refreshing' })
const released = (
  requestId: number,
  outcome: SessionEvents['released']['outcome'] = 'sent',
): Detail => ({ type: 'released', requestId, outcome, waitedMs: 131 + requestId })
const replayed = (requestId: number): Detail => ({ type: 'replayed', requestId })
const started = (trigger: SessionEvents['refresh-started']['trigger']): Detail => ({
  type: 'refresh-started',
  trigger,
})
const refreshed: Detail = { type: 'refreshed', generation: 4, durationMs: 120, tries: 1 }
const adopted: Detail = { type: 'adopted', generation: 4, from: 'store' }
const signedOut = (reason: SessionEvents['signed-out']['reason'], cause?: Error): Detail => ({
  type: 'signed-out',
  reason,
  cause,
})

test('twelve requests that another tab refreshed for are told in one sentence', () => {
  const crowd = ids(12)
  expect(
    toldOf(
      ...crowd.map((id) => turnedAway(id)),
      started('turned-away'),
      ...crowd.map(held),
      ...crowd.map((id) => released(id)),
      ...crowd.map(replayed),
      adopted,
    ),
  ).toEqual([
    [
      'Generation 4',
      '12 requests turned away; held 12 requests for 143 ms; ' +
        'refreshed by another tab or process; 12 replayed',
      'good',
    ],
  ])
})

test('what comes after the refresh, and belongs to it, is told with it', () => {
  expect(
    toldOf(turnedAway(1), started('turned-away'), held(1), refreshed, released(1), replayed(1)),
  ).toEqual([
    [
      'Generation 4',
      'request #1 turned away; held 1 request for 132 ms; refreshed here in 120 ms; 1 replayed',
      'good',
    ],
  ])
})

test('requests that were turned away late are replayed without a refresh, and so it is told', () => {
  expect(
    toldOf(
      started('ahead-of-time'),
      refreshed,
      turnedAway(1),
      replayed(1),
      turnedAway(2),
      replayed(2),
    ),
  ).toEqual([
    ['Generation 4', 'ahead of time, beside the requests; refreshed here in 120 ms', 'good'],
    ['Turned away', '2 requests turned away late; 2 replayed', 'plain'],
  ])
})

test('while a refresh goes on, it is told how many it holds', () => {
  expect(toldOf(started('lifetime-over'), held(1), held(2), released(1, 'aborted'))).toEqual([
    ['Refreshing', 'the lifetime was over; holds 1 request; 1 aborted', 'plain'],
  ])
})

test('of events whose beginning is forgotten, the rest is told', () => {
  expect(toldOf(released(1), released(2), replayed(2), adopted)[0]).toEqual([
    'Held',
    'held 2 requests for 133 ms; 1 replayed',
    'plain',
  ])
})

test('an unavailable refresh says why, and how long there is no other', () => {
  const unavailable: Detail = {
    type: 'refresh-unavailable',
    reason: 'server',
    message: 'HTTP 503',
    tries: 3,
    retryAfterMs: 2000,
  }
  expect(toldOf(started('requested'), held(1), unavailable, released(1, 'failed'))).toEqual([
    [
      'Refresh unavailable',
      'asked for by refresh(); held 1 request for 132 ms; ' +
        'server: HTTP 503; no other try for 2 s; 1 failed',
      'warning',
    ],
  ])
})

test('a replay that is turned away again is told', () => {
  const [[, detail] = []] = toldOf(
    turnedAway(1),
    started('turned-away'),
    held(1),
    released(1),
    replayed(1),
    refreshed,
    turnedAway(1, 2),
  )
  expect(detail).toMatch(/1 replayed; 1 turned away again$/)
})

test.each([
  [{ type: 'signed-in', from: 'app' }, 'Signed in', 'signIn()', 'good'],
  [{ type: 'signed-in', from: 'store' }, 'Signed in', 'found in the store', 'good'],
  [{ type: 'adopted', from: 'app' }, 'Generation 3', 'adopt()', 'good'],
  [{ type: 'expired' }, 'Expired', 'expire()', 'warning'],
  [{ type: 'store-failed', message: 'disk full' }, 'Store failed', 'disk full', 'warning'],
  [{ type: 'store-degraded', message: 'no locks' }, 'Store degraded', 'no locks', 'warning'],
  [{ type: 'turn-missed', message: 'too late' }, 'Turn missed', 'too late', 'warning'],
  [signedOut('replaced'), 'Signed out', 'another sign-in replaced it', 'bad'],
] as const)('%o is told as %s', (event, title, detail, tone) => {
  expect(toldOf(event as Detail)).toEqual([[title, detail, tone]])
})

test('what repeats itself is told once, with how often', () => {
  const failed: Detail = { type: 'store-failed', operation: 'replace', message: 'disk full' }
  expect(toldOf(failed, failed, failed)).toEqual([
    ['Store failed', 'disk full; 3 times', 'warning'],
  ])
})

test('fifty chapters are remembered, the newest', () => {
  const many = ids(200).flatMap((): Detail[] => [started('requested'), refreshed])
  expect(storyOf(...many).chapters()).toHaveLength(50)
  expect(
    storyOf(...many)
      .chapters()
      .at(-1)?.id,
  ).toBe(200)
})

test('an ended session says why, after what, and what led there', () => {
  const refusal = Object.assign(new Error('invalid_grant'), { status: 400 })
  const events = [
    { type: 'signed-in', from: 'app' } as const,
    turnedAway(7),
    started('turned-away'),
    held(7),
    signedOut('refused', refusal),
    released(7, 'failed'),
  ]
  const ending = endingOf(storyOf(...events).chapters())
  expect(ending?.headline).toBe(
    'Signed out: the server refused the refresh (invalid_grant, 400), after request #7 turned away',
  )
  expect(ending?.chain.map((chapter) => tell(chapter, whoMade).slice(0, 2))).toEqual([
    ['Signed in', 'signIn()'],
    ['Refresh', 'request #7 turned away; held 1 request for 138 ms; refused; 1 failed'],
  ])
})

test.each([
  ['refused', 'Signed out: the server refused the refresh of another tab or process'],
  ['signed-out', 'Signed out: signOut(), here or in another tab'],
] as const)('a session that ended elsewhere, %s, says so', (reason, headline) => {
  const { chapters } = storyOf({ type: 'signed-in', from: 'store' }, signedOut(reason))
  expect(endingOf(chapters())?.headline).toBe(headline)
})

test('a session that was closed says so, and one that never began has no end', () => {
  const { chapters } = storyOf({ type: 'signed-in', from: 'app' }, { type: 'closed' })
  expect(endingOf(chapters())).toMatchObject({
    headline: 'Closed: session.close() was called',
    status: 'closed',
  })
  expect(endingOf([])).toBeUndefined()
})

test('what led to an end begins with its own sign-in', () => {
  const signedIn = { type: 'signed-in', from: 'app' } as const
  const { chapters } = storyOf(signedIn, signedOut('replaced'), signedIn, signedOut('signed-out'))
  const ending = endingOf(chapters())
  expect(ending?.chain.map((chapter) => tell(chapter, whoMade)[0])).toEqual(['Signed in'])
})
