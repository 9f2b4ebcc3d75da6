import { describe, expect, test } from 'vitest'

import { isSessionError } from 'unexpired'

import { observe } from './observed.js'
import { axiosLikeError, jsonResponse, scriptedRefresh } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'
import { signedIn } from './start-session.js'

const fresh = { accessToken: 'new', refreshToken: 'r2', expiresIn: 30 }
const wire = { access_token: 'new', refresh_token: 'r2', expires_in: 30 }

describe('a refresh may bring its tokens in any of these shapes', () => {
  test.each<[string, Answer]>([
    ['camelCase', fresh],
    ['snake_case', wire],
    ['a lifetime in a string, as some servers send it', { ...wire, expires_in: '30' }],
    ['a fetch Response, camelCase', () => jsonResponse(200, fresh)],
    ['a fetch Response, snake_case', () => jsonResponse(200, wire)],
    ['a Response with another 2xx', () => jsonResponse(201, wire)],
    [
      'a Response of JSON that calls itself text',
      () => new Response(JSON.stringify(wire), { headers: { 'Content-Type': 'text/plain' } }),
    ],
    [
      'what looks like a Response, as node-fetch and others make it',
      {
        ok: true,
        status: 200,
        headers: new Map(),
        text: () => Promise.resolve(JSON.stringify(wire)),
      },
    ],
  ])('%s', async (_name, answer) => {
    const { session } = await signedIn({ refresh: scriptedRefresh(answer) })
    expect(await session.refresh()).toEqual({
      accessToken: 'new',
      refreshToken: 'r2',
      expiresIn: 30,
    })
    expect(session.getSnapshot().expiresInMs).toBe(30_000)
  })

  test('fields that are not known are kept, and survive a refresh that leaves them out', async () => {
    const { session } = await signedIn({
      refresh: scriptedRefresh(
        { ...wire, token_type: 'Bearer', scope: 'a b', id_token: 'i' },
        fresh,
      ),
    })
    const kept = { tokenType: 'Bearer', scope: 'a b', extra: { id_token: 'i' } }
    expect(await session.refresh()).toMatchObject(kept)
    expect(await session.refresh()).toMatchObject(kept)
  })
})

const html = '<html><body>502 Bad Gateway</body></html>'
const text =
  (body: string, status = 200) =>
  () =>
    new Response(body || null, { status })

describe('G15 these are no refusals: the session lives', () => {
  test.each<[string, Answer, string]>([
    ['a proxy’s HTML page with 200', text(html), 'invalid-response'],
    ['an empty 200', text(''), 'invalid-response'],
    ['a 204', text('', 204), 'invalid-response'],
    ['a JSON string', () => jsonResponse(200, 'token'), 'invalid-response'],
    ['JSON null', () => jsonResponse(200, null), 'invalid-response'],
    ['a JSON array', () => jsonResponse(200, [wire]), 'invalid-response'],
    ['a truncated body', text('{"access_token": "ne'), 'invalid-response'],
    [
      '200 with another error, as GitHub answers',
      () => jsonResponse(200, { error: 'bad_verification_code', error_description: 'x' }),
      'invalid-response',
    ],
    ['an axios response by mistake', { data: wire, status: 200, headers: {} }, 'invalid-response'],
    ['a Response of a proxy with 502', text(html, 502), 'server'],
    ['a Response with 500', () => jsonResponse(500, {}), 'server'],
    ['a Response with 400 and no JSON', text('Bad Request', 400), 'server'],
    ['a Response with 403', () => jsonResponse(403, {}), 'server'],
    ['a Response with 404', () => jsonResponse(404, {}), 'server'],
    ['a Response with 429', () => jsonResponse(429, {}), 'server'],
    ['invalid_client, 401', () => jsonResponse(401, { error: 'invalid_client' }), 'server'],
    ['invalid_client, 401, thrown', axiosLikeError(401, { error: 'invalid_client' }), 'server'],
    ['invalid_token, 401', () => jsonResponse(401, { error: 'invalid_token' }), 'server'],
    ['invalid_request, 400', () => jsonResponse(400, { error: 'invalid_request' }), 'server'],
    ['invalid_scope, 400', () => jsonResponse(400, { error: 'invalid_scope' }), 'server'],
    ['server_error, 400', () => jsonResponse(400, { error: 'server_error' }), 'server'],
    ['unauthorized_client', () => jsonResponse(400, { error: 'unauthorized_client' }), 'server'],
    ['a network error of fetch', new TypeError('Failed to fetch'), 'network'],
    ['a network error of axios', error({ code: 'ERR_NETWORK' }), 'network'],
    ['a reset connection', error({ code: 'ECONNRESET' }), 'network'],
    ['a timeout of axios', error({ code: 'ECONNABORTED' }), 'timeout'],
    ['a timeout of AbortSignal.timeout', new DOMException('x', 'TimeoutError'), 'timeout'],
    ['a timeout of ky', error({ name: 'TimeoutError' }), 'timeout'],
    ['a connection that timed out', error({ code: 'ETIMEDOUT' }), 'timeout'],
    [
      'an error that says invalid_grant only in words',
      error({ message: 'invalid_grant' }),
      'network',
    ],
  ])('%s', async (_name, answer, reason) => {
    const { session, clock } = await signedIn({ refresh: scriptedRefresh(answer, answer, answer) })
    const refreshed = observe(session.refresh())
    await clock.advance(5_000)
    expect(refreshed.error).toMatchObject({ code: 'refresh-unavailable', reason })
    expect(session.status).toBe('active')
  })

  test('an axios response by mistake is told what to do', async () => {
    const mistake = { data: wire, status: 200, headers: {}, config: {} }
    const { session, clock } = await signedIn({
      refresh: scriptedRefresh(mistake, mistake, mistake),
    })
    const refreshed = observe(session.refresh())
    await clock.advance(5_000)
    expect(String(refreshed.error)).toContain('return the `data` of this response')
    expect(isSessionError(refreshed.error) && refreshed.error.cause).toMatchObject({
      code: 'invalid-token-response',
    })
  })
})

describe('G15 these are refusals: the session ends', () => {
  test.each<[string, Answer]>([
    ['invalid_grant, 400', () => jsonResponse(400, { error: 'invalid_grant' })],
    ['invalid_grant, 401', () => jsonResponse(401, { error: 'invalid_grant' })],
    ['invalid_grant, 200, as Response', () => jsonResponse(200, { error: 'invalid_grant' })],
    ['invalid_grant, 200, as object', { error: 'invalid_grant', error_description: 'x' }],
    ['a bare 401', () => jsonResponse(401, {})],
    ['a 401 without a body', text('', 401)],
    ['a 401 with HTML', text(html, 401)],
    [
      'a 401 as NestJS answers',
      () => jsonResponse(401, { statusCode: 401, error: 'Unauthorized' }),
    ],
    ['a 401 as NestJS answers, by axios', axiosLikeError(401, { error: 'Unauthorized' })],
    ['invalid_grant, by axios', axiosLikeError(400, { error: 'invalid_grant' })],
    ['invalid_grant, by axios, unparsed', axiosLikeError(400, '{"error":"invalid_grant"}')],
    ['a 401 by ofetch', error({ status: 401, statusCode: 401, data: { message: 'no' } })],
    ['invalid_grant by ofetch', error({ statusCode: 400, data: { error: 'invalid_grant' } })],
    [
      'invalid_grant by an older ofetch',
      error({ response: { status: 400, _data: { error: 'invalid_grant' } } }),
    ],
    ['invalid_grant by ky', () => Promise.reject(kyError(400, { error: 'invalid_grant' }))],
    ['a 401 by ky', () => Promise.reject(kyError(401, {}))],
    ['invalid_grant by oauth4webapi', error({ status: 400, error: 'invalid_grant' })],
    ['invalid_grant as a code', error({ code: 'invalid_grant' })],
  ])('%s', async (_name, answer) => {
    const { session, clock } = await signedIn({ refresh: scriptedRefresh(answer) })
    const refreshed = observe(session.refresh())
    await clock.advance(5_000)
    expect(refreshed.error).toMatchObject({ code: 'session-ended', reason: 'refused' })
    expect(session.status).toBe('signed-out')
  })
})

function error(fields: Record<string, unknown>): Error {
  const made = new Error('failed')
  for (const [name, value] of Object.entries(fields)) Object.defineProperty(made, name, { value })
  return made
}

function kyError(status: number, body: unknown): Error {
  return error({ name: 'HTTPError', response: jsonResponse(status, body) })
}
