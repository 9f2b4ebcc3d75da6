import { describe, expect, test } from 'vitest'

import { figureMoods, headlineOf, verdictOf } from '../../playground/shared/verdict.js'
import type { Outcome } from '../../playground/shared/verdict.js'
import { clean } from './outcomes.js'

const messy: Outcome = {
  ...clean,
  answered: 3,
  failed: 17,
  signedOut: 17,
  isSignedIn: false,
  refreshes: 20,
  reuseDetected: 19,
}

describe('the headline', () => {
  test('says in words how often was refreshed, who was answered, and whether the user is in', () => {
    expect(headlineOf(clean)).toBe('1 refresh · 20 of 20 answered · still signed in')
    expect(headlineOf(messy)).toBe('20 refreshes · 3 of 20 answered · thrown out 17 times')
    expect(headlineOf({ ...messy, signedOut: 2 })).toContain('thrown out twice')
  })

  test('an end that was told once is no throwing out', () => {
    expect(headlineOf({ ...clean, answered: 0, failed: 20, signedOut: 1, isSignedIn: false })).toBe(
      '1 refresh · 0 of 20 answered · signed out, once',
    )
  })

  test('says who still waits', () => {
    expect(headlineOf({ ...clean, answered: 19, refreshes: 20 })).toBe(
      '20 refreshes · 19 of 20 answered · 1 still waiting · still signed in',
    )
  })
})

describe('the verdict', () => {
  test('one refresh for all is good on either side', () => {
    expect(verdictOf('right', clean).mood).toBe('good')
    expect(verdictOf('left', { ...clean, sent: 1, answered: 1 }).mood).toBe('good')
  })

  test('twenty refreshes that all worked are fair, and were nineteen too many', () => {
    const { mood, story } = verdictOf('left', { ...clean, refreshes: 20 })
    expect(mood).toBe('fair')
    expect(story).toContain('20 refreshes, where all could have shared')
  })

  test('a refresh that was tried three times is still one', () => {
    expect(verdictOf('right', { ...clean, refreshes: 3, fault: 'hang' })).toMatchObject({
      mood: 'good',
      story: expect.stringContaining('tried again') as string,
    })
  })

  test('a spent token that came again is why the server ended the session', () => {
    expect(verdictOf('left', messy)).toMatchObject({
      mood: 'bad',
      story: expect.stringContaining('took it for a theft') as string,
    })
  })

  test('whoever signs out over a lost network is told so', () => {
    const blip = { ...messy, refreshes: 0, reuseDetected: 0, fault: 'blip' } as const
    expect(verdictOf('left', blip).story).toContain('only failed counted as a refusal')
  })

  test('a request that hangs is bad, even where nothing else is', () => {
    const { mood, story } = verdictOf('left', {
      ...clean,
      answered: 19,
      refreshes: 20,
      isHanging: true,
    })
    expect(mood).toBe('bad')
    expect(story).toContain('1 request will wait for ever')
  })

  test('where the server refuses for good, ending once is fair and ending often is bad', () => {
    const ended = { ...clean, answered: 0, failed: 20, isSignedIn: false, fault: 'refuse' } as const
    expect(verdictOf('right', { ...ended, signedOut: 1 })).toMatchObject({
      mood: 'fair',
      story: 'The session ended once, with one message; all 20 requests were told why.',
    })
    expect(verdictOf('left', { ...ended, refreshes: 20, signedOut: 20 })).toMatchObject({
      mood: 'bad',
      story: expect.stringContaining('sent to sign in 20 times') as string,
    })
  })

  test('a refresh that cannot be had just now leaves the user signed in', () => {
    const busy = { ...clean, answered: 0, failed: 20, fault: 'busy' } as const
    expect(verdictOf('right', busy)).toMatchObject({
      mood: 'fair',
      story: expect.stringContaining('the user stays signed in') as string,
    })
  })

  test('a token that was good needs no story of a refresh', () => {
    for (const side of ['left', 'right'] as const) {
      expect(verdictOf(side, { ...clean, refreshes: 0 }).story).toContain('The token was good')
    }
  })
})

describe('the large figures', () => {
  test('are judged one by one', () => {
    expect(figureMoods('right', clean)).toEqual({
      refreshes: 'good',
      answered: 'good',
      'signed-out': 'good',
    })
    expect(figureMoods('left', { ...clean, answered: 19, refreshes: 20, isHanging: true })).toEqual(
      {
        refreshes: 'bad',
        answered: 'bad',
        'signed-out': 'good',
      },
    )
  })

  test('an end that the server wanted is fair, once', () => {
    const ended = { ...clean, answered: 0, failed: 20, isSignedIn: false, fault: 'refuse' } as const
    expect(figureMoods('right', { ...ended, signedOut: 1 })).toEqual({
      refreshes: 'good',
      answered: 'fair',
      'signed-out': 'fair',
    })
    expect(figureMoods('left', { ...ended, signedOut: 20 })['signed-out']).toBe('bad')
  })

  test('no refresh is neither', () => {
    expect(figureMoods('left', { ...clean, refreshes: 0 }).refreshes).toBeUndefined()
  })
})
