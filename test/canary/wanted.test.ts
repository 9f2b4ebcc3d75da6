import { expect, test } from 'vitest'

import { createWanted } from './wanted.js'

function wantedOf(...tokens: string[]) {
  const wanted = createWanted()
  for (const token of tokens) wanted.add(token)
  return wanted
}

const token = 'aB3/dE6+gH9.jK2"mN5'

test.each([
  ['as it is', token],
  ['in JSON', JSON.stringify({ token })],
  ['in a URL', encodeURIComponent(token)],
  ['in a form', String(new URLSearchParams({ token }))],
  ['a piece of it', `…${token.slice(3, 15)}…`],
  ['one that the token server made', 'at_f1_2_0123456789abcdef'],
])('a token is found %s, and is not told', (_how, text) => {
  const wanted = wantedOf(token)
  expect(wanted.isIn(text)).toBe(true)
  const masked = wanted.mask(`before ${text} after`)
  expect(masked).toMatch(/^before .*\[TOKEN, \d+ characters\].* after$/)
  expect(wanted.isIn(masked)).toBe(false)
})

test.each([
  ['a piece that is too short', `…${token.slice(3, 10)}…`],
  ['another', 'zY7/xW4+vU1.tS8"rQ6'],
  ['nothing', ''],
])('%s is none', (_what, text) => {
  expect(wantedOf(token).isIn(text)).toBe(false)
})

test.each(['access', 'access-token', 'a-1', 'aaaaaaaa1111', 'Bearer'])(
  '%s stands in ordinary sentences, and is not looked for',
  (word) => {
    expect(wantedOf(word).isIn(`the ${word} of somebody`)).toBe(false)
  },
)

test('a page full of tokens is read once, however many are looked for', () => {
  const tokens = Array.from({ length: 2_000 }, (_, index) => `token-${index * 7_919}-of-somebody`)
  const wanted = wantedOf(...tokens)
  const begun = performance.now()
  expect(wanted.isIn(`${'nothing to be seen here. '.repeat(4_000)}${tokens.at(-1) ?? ''}`)).toBe(
    true,
  )
  expect(performance.now() - begun).toBeLessThan(5_000)
})
