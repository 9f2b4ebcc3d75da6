import { expect, test } from 'vitest'

import { call, json, postForm, postJson, start } from './calls.js'

interface OAuthTokens {
  access_token: string
  refresh_token?: string
}

const ann = { grant_type: 'password', username: 'ann', password: 'secret' }

test('the password grant yields a token response that nobody may keep', async () => {
  const server = await start()
  const answer = await postForm(`${server.url}/oauth/token`, ann)
  expect(answer.headers.get('Cache-Control')).toBe('no-store')
  const tokens = await json<OAuthTokens>(answer)
  expect(tokens).toEqual({
    access_token: expect.stringMatching(/^at_/),
    refresh_token: expect.stringMatching(/^rt_/),
    token_type: 'Bearer',
    expires_in: 60,
  })
  expect((await call(server, tokens.access_token)).status).toBe(200)
})

test('the refresh_token grant rotates, and refuses with 400 invalid_grant', async () => {
  const server = await start()
  const url = `${server.url}/oauth/token`
  const { refresh_token = '' } = await json<OAuthTokens>(postForm(url, ann))
  const next = await json<OAuthTokens>(
    postForm(url, { grant_type: 'refresh_token', refresh_token }),
  )
  expect(next.refresh_token).toMatch(/^rt_f1_2_/)

  const reused = await postForm(url, { grant_type: 'refresh_token', refresh_token })
  expect(reused.status).toBe(400)
  expect(reused.headers.get('Cache-Control')).toBe('no-store')
  expect(await json(reused)).toMatchObject({ error: 'invalid_grant' })
})

test('without rotation, the answer to a refresh leaves the refresh token out', async () => {
  const server = await start({ rotation: 'none' })
  const url = `${server.url}/oauth/token`
  const { refresh_token = '' } = await json<OAuthTokens>(postForm(url, ann))
  const next = await json<OAuthTokens>(
    postForm(url, { grant_type: 'refresh_token', refresh_token }),
  )
  expect(next).not.toHaveProperty('refresh_token')
  expect((await call(server, next.access_token)).status).toBe(200)
})

test.each([
  ['invalid_request', {}],
  ['invalid_request', { grant_type: 'password', username: 'ann' }],
  ['invalid_request', { grant_type: 'refresh_token' }],
  ['invalid_grant', { grant_type: 'refresh_token', refresh_token: 'stranger' }],
  ['unsupported_grant_type', { grant_type: 'authorization_code' }],
])('answers 400 %s to %j', async (error, fields) => {
  const server = await start()
  const answer = await postForm(`${server.url}/oauth/token`, fields)
  expect(answer.status).toBe(400)
  expect(await json(answer)).toMatchObject({ error })
})

test('a JSON body is an invalid_request', async () => {
  const server = await start()
  const answer = await postJson(`${server.url}/oauth/token`, ann)
  expect(answer.status).toBe(400)
  expect(await json(answer)).toMatchObject({ error: 'invalid_request' })
})
