import { expect, test } from 'vitest'

import { complaints, isKept } from '../../demo/judge.js'
import type { Counts } from '../../demo/results.js'
import { allPlayed, onePlayed, ours, plain } from './played.js'

test('nothing is wrong when our counts are exactly right', () => {
  expect(complaints(allPlayed)).toEqual([])
})

test.each<[keyof Counts, number, string]>([
  ['refreshes', 2, 'refreshes 2, not 1'],
  ['refreshes', 0, 'refreshes 0, not 1'],
  ['turnedAway', 21, 'turned away 21, not 20'],
  ['served', 19, 'served 19, not 20'],
  ['served', 21, 'served 21, not 20'],
  ['reuseDetected', 1, 'reuse detected 1, not 0'],
  ['familiesRevoked', 1, 'families revoked 1, not 0'],
  ['thrownOut', 1, 'thrown out 1, not 0'],
])('%s of %i is named', (name, value, sentence) => {
  const wrong = { ...onePlayed, ours: ours({ [name]: value }) }
  expect(complaints([wrong])).toEqual([`Bearer, after the response: ${sentence}.`])
})

test('a request that went out with a token known to be dead is named', () => {
  const before = allPlayed.filter(({ scene }) => scene.notice === 'before-the-request')
  const wrong = before.map((one) => ({ ...one, ours: ours({ turnedAway: 1 }) }))
  expect(complaints(wrong)).toEqual([
    'Bearer, before the request: turned away 1, not 0.',
    'X-Token, before the request: turned away 1, not 0.',
  ])
})

test('a caller without an answer is named, whatever the server counted', () => {
  const { lanes, ...rest } = ours()
  const short = lanes.map((lane, index) => ({ ...lane, answered: index > 0 }))
  const wrong = { ...onePlayed, ours: { ...rest, lanes: short } }
  expect(complaints([wrong])).toEqual(['Bearer, after the response: callers answered 19, not 20.'])
})

test('a session that tells of another number of refreshes is named', () => {
  const wrong = { ...onePlayed, ours: { ...ours(), refreshes: [] } }
  expect(complaints([wrong])).toEqual([
    'Bearer, after the response: refreshes by the word of the session 0, not 1.',
  ])
})

test('the plain side decides nothing about the exit', () => {
  expect(complaints([{ ...onePlayed, plain: ours() }])).toEqual([])
})

test('a session counts as kept only when nobody was thrown out and all were answered', () => {
  expect(isKept(ours())).toBe(true)
  expect(isKept(ours({ thrownOut: 1 }))).toBe(false)
  expect(isKept(ours({ familiesRevoked: 1 }))).toBe(false)
  expect(isKept(plain({ thrownOut: 0, familiesRevoked: 0 }))).toBe(false)
})
