import { describe, expect, test, vi } from 'vitest'

import { tokensOf } from './scripted-refresh.js'
import { signedIn, startSession } from './start-session.js'

/** What is shown where a listener throws this. */
async function shownOf(thrown: unknown): Promise<unknown[]> {
  const shown = vi.spyOn(console, 'error').mockReturnValue()
  const { session } = startSession()
  session.on('signed-in', () => {
    throw thrown
  })
  await session.signIn(tokensOf(1))
  return shown.mock.calls.flat()
}

const head = '[unexpired] a callback of the app threw'

/** Where it was made is of no interest. */
class Unplaced extends Error {
  override readonly stack = ''
}

describe('what a callback of the app throws is shown', () => {
  test('with its name, its message, and where it was thrown: no more of its stack', async () => {
    const stack = [
      'Odd: it broke',
      'password at login  at home',
      '    at onSignedIn (app.js:1:2)',
      ' at emit (app.js:3:4)',
      'at home',
    ].join('\n')
    expect(await shownOf({ name: 'Odd', message: 'it broke', stack })).toEqual([
      `${head}\nOdd: it broke\n    at onSignedIn (app.js:1:2)\n at emit (app.js:3:4)`,
    ])
  })

  test.each<[string, unknown, string]>([
    ['without a stack', { name: 'Odd', message: 'it broke' }, 'Odd: it broke'],
    ['with a stack without places', { name: 'Odd', message: 'm', stack: 'Odd' }, 'Odd: m'],
    ['with a stack that is no text', { name: 'Odd', message: 'm', stack: 7 }, 'Odd: m'],
    ['without a name', { message: 'it broke' }, 'Error: it broke'],
    ['with a name that is no text', { name: 7, message: 'it broke' }, 'Error: it broke'],
    ['a text', 'it broke', 'Error: it broke'],
    ['nothing', undefined, 'Error: no message'],
    [
      'what a parser quotes, whatever its name',
      Object.assign(new SyntaxError('Unexpected token in "secret"'), {
        name: 'ParseError',
        stack: '',
      }),
      'ParseError: it was not valid JSON',
    ],
    [
      'what a parser of another realm quotes',
      { name: 'SyntaxError', message: 'Unexpected token in "secret"' },
      'SyntaxError: it was not valid JSON',
    ],
    [
      'a body with tokens that nobody knows yet',
      new Unplaced(
        '{"access_token":"q+7/Zk2pQ9x4mB8sD1==","refreshToken": "abcdefghijkl","expires_in":60}',
      ),
      'Error: {"access_token":"[token]","refreshToken": "[token]","expires_in":60}',
    ],
    [
      'a form with one',
      new Unplaced('grant_type=refresh_token&refresh_token=abcdefghijkl%2B&scope=all'),
      'Error: grant_type=refresh_token&refresh_token=[token]&scope=all',
    ],
    [
      'one in base64, without a name',
      new Unplaced(
        'got q+7/Zk2pQ9x4mB8s+D1cV5bNm== for https://api.example.com/v1/Things/of/12345',
      ),
      'Error: got [token] for https://api.example.com/v1/Things/of/12345',
    ],
    [
      'what has no class to look at',
      new Proxy({}, { getPrototypeOf: () => expect.unreachable() }),
      'Error: no message',
    ],
  ])('also %s', async (_what, thrown, expected) => {
    expect(await shownOf(thrown)).toEqual([`${head}\n${expected}`])
  })
})

test('a listener that does something is done with it before the next is told', async () => {
  const { session } = await signedIn()
  const told: string[] = []
  session.on('expired', () => {
    told.push('first begins')
    session.expire()
    void session.signOut()
    told.push('first ends')
  })
  session.on('expired', () => void told.push('second'))
  session.on('signed-out', () => void told.push('signed out'))
  session.expire()
  expect(told.slice(0, 3)).toEqual(['first begins', 'first ends', 'second'])
  expect(told).toContain('signed out')
})

test.each(['sent', 'settled'] as const)('who asks for %s alone is told of it', async (type) => {
  const { session } = await signedIn()
  const told: string[] = []
  const stop = session.on(type, (event) => void told.push(event.type))
  await session.authorize(() => Promise.resolve('good'))
  stop()
  await session.authorize(() => Promise.resolve('good'))
  expect(told).toEqual([type])
})
