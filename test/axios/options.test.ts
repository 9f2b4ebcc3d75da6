import { expect, test } from 'vitest'
import axios from 'axios'
import type { AxiosInstance } from 'axios'
import { createSession, isSessionError, SessionError } from 'unexpired'
import type { Session } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import type { AxiosSessionOptions } from 'unexpired/axios'

const session = createSession({ refresh: () => Promise.reject(new Error('no')) })

function complaint(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(SessionError)
    expect(isSessionError(error)).toBe(true)
    expect(error).toMatchObject({ code: 'invalid-option' })
    return (error as Error).message
  }
  throw new Error('expected it to throw')
}

/** Wrong ones, as they come from apps without types. */
const wrong: readonly (readonly [option: string, value: unknown])[] = [
  ['header', ''],
  ['header', 'two words'],
  ['header', 'X-Token:'],
  ['header', 'a\r\nb'],
  ['header', 42],
  ['header', null],
  ['scheme', 'two words'],
  ['scheme', 'a\r\nb'],
  ['scheme', null],
  ['expired', true],
  ['expired', 401],
  ['origins', 'https://api.example.com'],
  ['origins', ['api.example.com']],
  ['origins', ['/api']],
  ['origins', ['*']],
  ['origins', ['data:text/plain,a']],
  ['origins', [undefined]],
  ['origins', {}],
]

test.each(wrong)('a wrong option is refused when it is given: %s %j', (option, value) => {
  const options = { [option]: value } as AxiosSessionOptions
  expect(complaint(() => attachSession(axios.create(), session, options))).toMatch(
    new RegExp(`attachSession: ${option}: expected `),
  )
})

test.each([undefined, null, {}, 'axios', () => undefined])(
  'what is no axios instance is refused: %j',
  (value) => {
    const instance = value as AxiosInstance
    expect(complaint(() => attachSession(instance, session))).toMatch(
      /attachSession: expected an axios instance/,
    )
  },
)

test.each([undefined, null, {}, 'session'])('what is no session is refused: %j', (value) => {
  expect(complaint(() => attachSession(axios.create(), value as Session))).toMatch(
    /attachSession: expected a session made by createSession/,
  )
})

test('a refused option leaves the instance as it was', () => {
  const api = axios.create()
  attachSession(api, session)
  const { handlers } = api.interceptors.request as unknown as { handlers: unknown[] }
  const before = [...handlers]
  complaint(() => attachSession(api, session, { header: '' }))
  expect(handlers).toEqual(before)
})

test('options of undefined are options that were not given', () => {
  const options = { header: undefined, scheme: undefined, expired: undefined, origins: undefined }
  expect(() => attachSession(axios.create(), session, options)).not.toThrow()
})
