import { describe, expect, test } from 'vitest'

import { sideNames } from '../../playground/shared/control-api.js'
import { choices } from '../../playground/shared/settings.js'
import { verdictOf, waitingOf } from '../../playground/shared/verdict.js'
import type { Outcome } from '../../playground/shared/verdict.js'
import { clean } from './outcomes.js'

/** Words that are true only where this is. */
const claims: readonly (readonly [words: RegExp, isTrue: (outcome: Outcome) => boolean])[] = [
  [/for ever/, (outcome) => waitingOf(outcome) > 0 && outcome.isHanging],
  [/still waits?\b/, (outcome) => waitingOf(outcome) > 0],
  [/requests? failed/, ({ failed }) => failed > 0],
  [
    /everybody was answered|the request was answered|All were answered/i,
    ({ answered, sent }) => answered === sent,
  ],
  [/One refresh\b/, ({ refreshes }) => refreshes === 1],
  [/refreshes\b/, ({ refreshes }) => refreshes > 1],
  [/tried again/, ({ refreshes, fault }) => refreshes > 1 && /hang|drop|blip/.test(fault)],
  [
    /cannot be had/,
    ({ failed, sent, fault }) => failed === sent && !/none|refuse|clock/.test(fault),
  ],
  [/only failed counted/, (o) => o.signedOut > 0 && o.refreshesRefused === 0],
  [/The session ended/, ({ signedOut }) => signedOut > 0],
  [/all 0|the 0|\b0 of/, () => false],
  [/stays signed in/, ({ isSignedIn, signedOut }) => isSignedIn && signedOut === 0],
  [/nothing was to be refreshed/, ({ refreshes }) => refreshes === 0],
  [/theft|spent/, ({ reuseDetected }) => reuseDetected > 0],
]

function* outcomes(): Generator<Outcome> {
  for (const sent of [1, 20]) {
    for (const answered of new Set([0, sent - 1, sent])) {
      for (const waiting of new Set([0, sent - answered])) {
        for (const refreshes of [0, 1, 2, 20]) {
          for (const fault of choices.fault) {
            for (const signedOut of [0, 1, 20]) {
              for (const flag of ['', 'isHanging', 'reuse', 'refused', 'out']) {
                yield {
                  sent,
                  answered,
                  failed: sent - answered - waiting,
                  signedOut,
                  isSignedIn: signedOut === 0 && flag !== 'out',
                  refreshes,
                  refreshesRefused: flag === 'reuse' || flag === 'refused' ? 1 : 0,
                  reuseDetected: flag === 'reuse' ? 1 : 0,
                  fault,
                  isHanging: flag === 'isHanging',
                  isMixed: false,
                }
              }
            }
          }
        }
      }
    }
  }
}

describe('whatever happens', () => {
  test.each(sideNames)('no sentence about the %s side is false', (side) => {
    const wrong = new Map<string, Outcome>()
    for (const outcome of outcomes()) {
      const { story } = verdictOf(side, outcome)
      if (story === '') wrong.set('nothing is said', outcome)
      for (const [words, isTrue] of claims) {
        if (words.test(story) && !isTrue(outcome)) wrong.set(`${String(words)}: ${story}`, outcome)
      }
    }
    expect([...wrong]).toEqual([])
  })

  test.each(sideNames)('who is on the way hangs not, and is no disaster: %s', (side) => {
    for (const outcome of outcomes()) {
      if (waitingOf(outcome) === 0) continue
      expect(verdictOf(side, outcome).mood).toBe(outcome.isHanging ? 'bad' : 'fair')
    }
  })

  test('what another page played meanwhile is said, and no number of the servers is', () => {
    for (const side of sideNames) {
      for (const outcome of outcomes()) {
        const { headline, story, mood } = verdictOf(side, { ...outcome, isMixed: true })
        expect(`${headline} ${story}`).not.toMatch(/refresh/)
        expect(story).toContain('Another page played at the same time')
        expect(mood).not.toBe('good')
      }
    }
  })
})

describe('of what happens to people', () => {
  test('a request alone that is answered failed not', () => {
    const one = { ...clean, sent: 1, answered: 1 }
    expect(verdictOf('left', one)).toMatchObject({
      mood: 'good',
      story: 'One refresh, and the request was answered.',
    })
  })

  test('two refreshes without a fault were not tried again', () => {
    expect(verdictOf('right', { ...clean, refreshes: 2 }).story).toBe(
      '2 refreshes, one after the other, and everybody was answered.',
    )
  })

  test('slow requests are waiting, and nobody was told anything', () => {
    expect(verdictOf('right', { ...clean, answered: 98, sent: 100 })).toMatchObject({
      mood: 'fair',
      story: '2 requests still wait. The user stays signed in.',
    })
  })

  test('where the answer was lost with the token, it is said why that session could not be saved', () => {
    const lost = { answered: 0, failed: 20, signedOut: 1, isSignedIn: false, refreshes: 2 }
    expect(
      verdictOf('right', { ...clean, ...lost, reuseDetected: 1, fault: 'drop' }).story,
    ).toContain('Rotation with grace prevents that')
  })

  test('whoever signs out by hand in the middle has met no disaster', () => {
    expect(
      verdictOf('right', { ...clean, answered: 5, failed: 15, isSignedIn: false }),
    ).toMatchObject({ mood: 'fair', story: expect.stringContaining('signed out') as string })
  })
})
