import { expect, test } from 'vitest'

import {
  InvalidTokenResponseError,
  isSessionError,
  RefreshRefusedError,
  RefreshUnavailableError,
  SessionEndedError,
  SessionError,
} from 'unexpired'

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const errors: [string, () => SessionError, string][] = [
  ['SessionEndedError', () => new SessionEndedError('refused', {}), 'session-ended'],
  [
    'RefreshUnavailableError',
    () => new RefreshUnavailableError('server', 9, 'x'),
    'refresh-unavailable',
  ],
  ['InvalidTokenResponseError', () => new InvalidTokenResponseError('x'), 'invalid-token-response'],
  ['RefreshRefusedError', () => new RefreshRefusedError('x'), 'refresh-refused'],
  ['SessionError', () => new SessionError('invalid-option', 'x'), 'invalid-option'],
]

test.each(errors)('%s is a SessionError with a name, a code and a message', (name, make, code) => {
  const error = make()
  expect(error).toBeInstanceOf(SessionError)
  expect(error).toBeInstanceOf(Error)
  expect(isSessionError(error)).toBe(true)
  expect(error.name).toBe(name)
  expect(error.code).toBe(code)
  expect(error.message).toMatch(/^\[unexpired\] ./)
  expect(String(error)).toBe(`${name}: ${error.message}`)
})

test('the name of an error is as that of any other: not listed, and may be changed', () => {
  for (const error of [new SessionError('invalid-option', 'x'), new RefreshRefusedError('x')]) {
    expect(Object.keys(error)).toEqual(['code'])
    error.name = 'Renamed'
    expect(String(error)).toBe('Renamed: [unexpired] x')
    Object.defineProperty(error, 'name', { enumerable: true })
    expect(Object.keys(error)).toContain('name')
  }
})

test('isSessionError holds for errors of another copy of the package', () => {
  const theirs: unknown = Object.assign(new Error('x'), {
    [Symbol.for('unexpired.SessionError')]: true,
    code: 'session-ended',
  })
  expect(theirs instanceof SessionError).toBe(false)
  expect(isSessionError(theirs)).toBe(true)
})

test.each([
  ['undefined', undefined],
  ['null', null],
  ['a string', 'session-ended'],
  ['any error', new Error('session-ended')],
  ['an abort', new DOMException('aborted', 'AbortError')],
  ['what only has the code', { code: 'session-ended', reason: 'refused' }],
  ['what cannot be looked at', revoked()],
])('isSessionError does not hold for %s', (_name, value) => {
  expect(isSessionError(value)).toBe(false)
})

test.each(['refused', 'signed-out', 'replaced', 'closed'] as const)(
  'a SessionEndedError says in words that the session was %s',
  (reason) => {
    const error = new SessionEndedError(reason)
    expect(error.reason).toBe(reason)
    expect(error.message).toMatch(/^\[unexpired\] the session has ended: ./)
    expect(error.response).toBeUndefined()
    expect('cause' in error).toBe(false)
  },
)

test('a RefreshUnavailableError says why, and when to try again', () => {
  const cause = new Error('inner')
  const error = new RefreshUnavailableError('network', 1_234, 'not answered', cause)
  expect(error).toMatchObject({ reason: 'network', retryAfterMs: 1_234, cause })
  expect(error.message).toContain('(network): not answered')
})

test('a RefreshRefusedError takes a message and a cause, or neither', () => {
  const cause = new Error('inner')
  expect(new RefreshRefusedError('code 7', { cause })).toMatchObject({
    message: '[unexpired] code 7',
    cause,
  })
  expect(new RefreshRefusedError().message).toBe('[unexpired] the refresh was refused')
})

test('what an error serialises to is what programs need, and no more', () => {
  const ended = new SessionEndedError('refused', { secret: 1 }, new Error('inner'))
  expect(JSON.parse(JSON.stringify(ended))).toEqual({
    name: 'SessionEndedError',
    message: '[unexpired] the session has ended: the refresh was refused',
    code: 'session-ended',
    reason: 'refused',
  })
  const unavailable = new RefreshUnavailableError('timeout', 5, 'x')
  expect(JSON.parse(JSON.stringify(unavailable))).toEqual({
    name: 'RefreshUnavailableError',
    message: '[unexpired] the refresh is unavailable (timeout): x',
    code: 'refresh-unavailable',
    reason: 'timeout',
    retryAfterMs: 5,
  })
})
