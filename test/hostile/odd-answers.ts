import fc from 'fast-check'

import { oddHeaders } from './odd-headers.js'
import {
  Booby,
  objectOf,
  oddNumbers,
  oddObjects,
  oddTexts,
  oddValues,
  rightOr,
  someOf,
  type Maker,
} from './odd-values.js'

/** In force when the refresh fails: it may stand in no message, whatever the answer says of it. */
export const spent = { accessToken: 'canary-9Qw2xV7bN4', refreshToken: 'canary-3Lk8sD1fH6' }

const tokenFields = [
  ...['accessToken', 'access_token', 'refreshToken', 'refresh_token', 'expiresIn', 'expires_in'],
  ...['tokenType', 'scope', 'error', 'ok', 'status', 'headers', 'text', 'data', 'id_token'],
]

/** What a function that is called does: it returns something, throws it, or never answers. */
const functions = (values: fc.Arbitrary<Maker>, ...ways: string[]): fc.Arbitrary<Maker> =>
  fc
    .tuple(values, fc.constantFrom('returns', 'throws', ...ways))
    .map(([make, does]): Maker => () => () => {
      if (does === 'throws') throw make()
      if (does === 'rejects') return Promise.reject(make())
      if (does === 'hangs') return new Promise(() => undefined)
      return does === 'returns' ? make() : Promise.resolve(make())
    })

const bodies = fc.oneof(
  someOf(oddTexts),
  someOf(
    fc.constantFrom(
      '{"error":"invalid_grant"}',
      '{"access_token":"a2","expires_in":1e999}',
      `{"access_token":"a2\\r\\nX: 1"}`,
      `{"error":"${spent.refreshToken}"}`,
      '{"__proto__":{"polluted":1},"access_token":"a2"}',
      '['.repeat(100_000),
      `<html>${spent.accessToken}</html>`,
    ),
  ),
  someOf(fc.json()),
)

/** What calls itself a Response. */
const oddResponses = objectOf({
  ok: rightOr(false, oddValues),
  status: rightOr(400, fc.oneof(someOf(fc.constantFrom(200, 401, 429, 503)), someOf(oddNumbers))),
  headers: oddHeaders,
  text: functions(fc.oneof(bodies, oddValues), 'resolves', 'rejects', 'hangs'),
  clone: functions(oddValues),
  bodyUsed: rightOr(false),
  data: oddValues,
})

/** Responses of the platform, with bodies of all sorts. */
const responses = fc
  .tuple(fc.constantFrom(200, 201, 400, 401, 403, 408, 429, 500, 503), bodies)
  .map(
    ([status, make]): Maker =>
      () =>
        new Response(String(make()), { status }),
  )

const leak = `token ${spent.accessToken} bought by ${encodeURIComponent(spent.refreshToken)}`

/** Errors as clients make them: with requests, headers and bodies on them, and tokens in all of those. */
const errors = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom(
        ...['name', 'message', 'code', 'status', 'statusCode', 'stack', 'error', 'cause', 'toJSON'],
        ...['response', 'data', 'body', 'config', 'json', 'reason', 'retryAfterMs', 'isAxiosError'],
      ),
      fc.oneof(oddValues, someOf(fc.constantFrom(leak, spent, { data: spent, status: 401 }))),
    ),
    fc.boolean(),
  )
  .map(([fields, isCyclic]): Maker => () => {
    const error = new Error(leak)
    for (const [name, make] of Object.entries(fields)) {
      Object.defineProperty(error, name, { value: make(), enumerable: true, configurable: true })
    }
    if (isCyclic) Object.defineProperty(error, 'cause', { value: error })
    return error
  })

/** Errors whose fields throw, each of them when it is looked at. */
const springingErrors = fc
  .subarray(
    ['name', 'message', 'code', 'status', 'stack', 'response', 'headers', 'cause', 'data'],
    {
      minLength: 1,
    },
  )
  .map((names): Maker => () => {
    const error = new Error(leak)
    for (const name of names) {
      Object.defineProperty(error, name, {
        get() {
          throw new Booby(leak)
        },
      })
    }
    return error
  })

/** All that a refresh function may return or throw. */
const oddAnswers: fc.Arbitrary<Maker> = fc.oneof(
  oddObjects(tokenFields),
  oddResponses,
  responses,
  errors,
  springingErrors,
)

/** How a refresh function gives its answer. */
export const oddRefreshes = fc
  .tuple(
    oddAnswers,
    fc.constantFrom('returns', 'resolves', 'throws', 'rejects', 'rejects late', 'both'),
  )
  .map(([make, does]) => ({
    does,
    refresh(): unknown {
      if (does === 'throws') throw make()
      if (does === 'rejects') return Promise.reject(make())
      if (does === 'resolves') return Promise.resolve(make())
      if (does === 'rejects late') return Promise.resolve().then(() => Promise.reject(make()))
      if (does === 'returns') return make()
      return {
        // oxlint-disable-next-line unicorn/no-thenable -- that is what is odd about it
        then(yes: (value: unknown) => void, no: (value: unknown) => void) {
          no(make())
          yes(make())
          throw make()
        },
      }
    },
  }))
