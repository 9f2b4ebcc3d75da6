import { PassThrough } from 'node:stream'

import { describe, expect, test, vi } from 'vitest'

import { SessionEndedError } from 'unexpired'

import { observe } from './observed.js'
import { jsonResponse, never, scriptedRefresh } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'
import { eventsOf, signedIn } from './start-session.js'

/** Who throws no Error does it like this. */
const thrown = (fields: object) => (): Promise<never> => Promise.reject(fields)

/** What the app is told of a refresh that fails with this each time. */
async function toldOf(answer: Answer) {
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(answer, answer, answer) })
  const refreshed = observe(session.refresh())
  await clock.advance(5_000)
  expect(refreshed.state).toBe('rejected')
  const [event] = eventsOf(session, 'refresh-unavailable')
  if (event?.type !== 'refresh-unavailable') return { reason: 'refused' }
  const { reason, message, tries, retryAfterMs } = event
  expect(String(refreshed.error)).toContain(`(${reason}): ${message}`)
  return { reason, message, tries, retryAfterMs }
}

const hint = '; if that means never again, throw RefreshRefusedError or set `refused`'
const said = `the answer was 400 invalid_client${hint}`
const body = { error: 'invalid_client' }
const text = JSON.stringify(body)

describe('the status and the error of OAuth are found where each client has them', () => {
  test.each<[string, object]>([
    ['on the error', { status: 400, data: body }],
    ['on the error, as in Node', { statusCode: 400, data: body }],
    ['on the error, beside a response without', { status: 400, data: body, response: {} }],
    ['on the error, as in Node, beside one', { statusCode: 400, data: body, response: {} }],
    ['on its response', { response: { status: 400, data: body } }],
    ['on its response, as got has it', { response: { statusCode: 400, body: text } }],
    ['on its response, as superagent has it', { response: { status: 400, body } }],
    ['as wretch has it', { status: 400, json: body }],
    ['beside a status that is a text', { status: '503', response: { status: 400, data: body } }],
    ['beside the status of no answer', { status: 0, response: { status: 400, data: body } }],
    [
      'beside a body that is an unread stream',
      { status: 400, data: new PassThrough(), json: body },
    ],
    [
      'in a body yet to be read, of Node’s streams',
      {
        response: {
          status: 400,
          body: new PassThrough(),
          clone: () => ({ text: () => Promise.resolve(text) }),
        },
      },
    ],
  ])('%s', async (_where, fields) => {
    expect(await toldOf(thrown(fields))).toMatchObject({ reason: 'server', message: said })
  })

  test('an error that is no text is none', async () => {
    const told = await toldOf(thrown({ status: 400, data: { error: ['invalid_client'] } }))
    expect(told).toMatchObject({ message: `the answer was 400${hint}` })
  })
})

describe('what the app is told', () => {
  const lost = 'it could not be sent, or was not answered'

  test.each<[string, object, { reason: string; message: string; tries: number }]>([
    ['a 503', { status: 503 }, { reason: 'server', message: 'the answer was 503', tries: 3 }],
    ['a 408', { status: 408 }, { reason: 'server', message: 'the answer was 408', tries: 3 }],
    ['a 429', { status: 429 }, { reason: 'server', message: 'the answer was 429', tries: 1 }],
    ['a 302', { status: 302 }, { reason: 'server', message: 'the answer was 302', tries: 1 }],
    ['a 300', { status: 300 }, { reason: 'server', message: 'the answer was 300', tries: 1 }],
    ['a 100', { status: 100 }, { reason: 'server', message: 'the answer was 100', tries: 1 }],
    [
      'a 400',
      { status: 400 },
      { reason: 'server', message: `the answer was 400${hint}`, tries: 1 },
    ],
    [
      'an answer that could not be read',
      { status: 200, message: 'cut' },
      { reason: 'network', message: `${lost} (Error: cut)`, tries: 3 },
    ],
    [
      'JSON that cannot be read',
      { name: 'SyntaxError', message: 'Unexpected token <' },
      { reason: 'invalid-response', message: 'the answer was not valid JSON', tries: 3 },
    ],
    [
      'the same beside a 429',
      { name: 'SyntaxError', status: 429 },
      { reason: 'server', message: 'the answer was 429', tries: 1 },
    ],
    [
      'a timeout by its code',
      { code: 'ERR_TIMEOUT' },
      { reason: 'timeout', message: 'it timed out', tries: 3 },
    ],
    [
      'another session that has ended',
      new SessionEndedError('closed'),
      {
        reason: 'network',
        message: `${lost} (SessionEndedError: [unexpired] the session has ended: session.close() was called)`,
        tries: 3,
      },
    ],
  ])('%s', async (_what, fields, told) => {
    expect(await toldOf(thrown(fields))).toMatchObject(told)
  })

  test('where the answer is no JSON object, its status', async () => {
    const told = await toldOf(() => new Response('<p>hello</p>'))
    expect(told).toMatchObject({
      reason: 'invalid-response',
      message: expect.stringContaining('the answer (200) is not a JSON object') as string,
    })
  })

  test('the cause says which answer it was, and nothing of it where there was none', async () => {
    const busy = await signedIn({ refresh: scriptedRefresh(jsonResponse(418, {})) })
    await expect(busy.session.refresh()).rejects.toMatchObject({
      cause: { message: 'the refresh was answered with 418', status: 418 },
    })
    const failure = Object.assign(new Error('no route'), { code: 14 })
    const away = await signedIn({ refresh: scriptedRefresh(failure, failure, failure) })
    const refreshed = observe(away.session.refresh())
    await away.clock.advance(5_000)
    const { cause } = refreshed.error as Error
    expect(cause).toMatchObject({ message: 'no route', code: 14, stack: 'Error: no route' })
    expect(cause).not.toHaveProperty('status')
  })
})

describe('G7 Retry-After is found', () => {
  const next = Date.UTC(2027, 0)

  test('on the error, beside a response without', async () => {
    const told = await toldOf(
      thrown({ status: 503, headers: { 'retry-after': '9' }, response: {} }),
    )
    expect(told).toMatchObject({ tries: 1, retryAfterMs: 9_000 })
  })

  test.each<[string, object, number]>([
    ['after other headers', { 'content-length': '30', 'retry-after': '9' }, 9_000],
    ['with spaces around it', { 'retry-after': ' 9 ' }, 9_000],
    ['as a date that ends with the year', { 'retry-after': 'Fri Jan  1 00:00:00 2027' }, 300_000],
    ['as a date that begins with it', { 'retry-after': new Date(next).toISOString() }, 300_000],
  ])('%s', async (_how, headers, retryAfterMs) => {
    const told = await toldOf(thrown({ response: { status: 503, headers } }))
    expect(told).toMatchObject({ tries: 1, retryAfterMs })
  })

  test('one that is no text is none, and breaks nothing', async () => {
    const told = await toldOf(thrown({ status: 503, headers: { 'retry-after': 9 } }))
    expect(told).toMatchObject({ message: 'the answer was 503', tries: 3 })
  })
})

describe('G9 the body of a refusal that does not come', () => {
  const unread = { status: 400, clone: () => ({ text: never }) }

  test.each([
    ['is waited for for a second', 10_000, 1_000],
    ['is waited for no longer than the refresh may take', 100, 200],
  ])('%s', async (_how, refreshTimeoutMs, ms) => {
    const refresh = scriptedRefresh(thrown(unread))
    const { session, clock } = await signedIn({ refreshTimeoutMs, refresh })
    const refreshed = observe(session.refresh())
    await clock.advance(ms - 1)
    expect(refreshed.state).toBe('pending')
    await clock.advance(1)
    expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable', reason: 'server' })
  })
})

describe('G15 `refused` is given what the server said', () => {
  test.each<[string, () => Response, object]>([
    [
      'in text',
      () => new Response('never again', { status: 403 }),
      { status: 403, data: 'never again' },
    ],
    [
      'with a 200',
      () => jsonResponse(200, { error: 'invalid_grant' }),
      { status: 200, data: { error: 'invalid_grant' } },
    ],
  ])('%s', async (_how, answer, expected) => {
    const seen: unknown[] = []
    const refused = vi.fn((error: unknown) => !!seen.push(error))
    const { session } = await signedIn({ refused, refresh: scriptedRefresh(answer) })
    await expect(session.refresh()).rejects.toMatchObject({ reason: 'refused' })
    expect(seen).toMatchObject([expected])
    const [{ headers }] = seen as [{ headers: { get(name: string): unknown } }]
    expect(headers.get('X-Why')).toBeNull()
  })
})

test('what has some parts of a Response alone is not read as one', async () => {
  const whole = { ok: true, status: 200, text: () => Promise.resolve('{"accessToken":"new"}') }
  for (const part of [{ ok: 'yes' }, { status: '200' }, { text: '{"accessToken":"new"}' }]) {
    expect(await toldOf({ ...whole, ...part })).toMatchObject({
      reason: 'invalid-response',
      message: expect.stringContaining('got one with ok, status, text') as string,
    })
  }
})
