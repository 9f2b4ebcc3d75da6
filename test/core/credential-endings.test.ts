import { expect, test } from 'vitest'

import { SessionEndedError } from 'unexpired'

import { jsonResponse, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signed, slowSigning } from './signing.js'

test('G24 signed out while it is signed, a request is not sent', async () => {
  const { session, sent, send, answer } = await slowSigning()
  const call = send()
  await session.signOut()
  await answer()
  expect(call.error).toBeInstanceOf(SessionEndedError)
  expect(call.error).toMatchObject({ reason: 'signed-out' })
  expect(sent).toEqual([])
})

test('G24 replaced by another user while it is signed, a request is not sent', async () => {
  const { session, sent, send, answer, tokens } = await slowSigning()
  const call = send()
  await session.signIn(tokensOf(7))
  await answer()
  expect(call.error).toMatchObject({ code: 'session-ended', reason: 'replaced' })
  expect(sent).toEqual([])
  expect(tokens()).toEqual(['access-1'])
  const next = send()
  await answer()
  expect(next.value).toEqual({ status: 200 })
  expect(sent).toEqual([signed('access-7')])
})

test('G24 also when it is the same user with the same token again', async () => {
  const { session, sent, send, answer } = await slowSigning()
  const call = send()
  await session.signIn(tokensOf(1))
  await answer()
  expect(call.error).toMatchObject({ reason: 'replaced' })
  expect(sent).toEqual([])
})

test('G24 replaced while its replay is signed, a request is not sent again', async () => {
  const { session, sent, send, answer } = await slowSigning()
  const call = send(401)
  await answer()
  expect(session.tokens?.accessToken).toBe('access-2')
  await session.signIn(tokensOf(7))
  await answer()
  expect(call.error).toMatchObject({ reason: 'replaced' })
  expect(sent).toEqual([signed('access-1')])
})

test('closed while it is signed, a request is not sent', async () => {
  const { session, sent, send, answer } = await slowSigning()
  const call = send()
  session.close()
  await answer()
  expect(call.error).toMatchObject({ reason: 'closed' })
  expect(sent).toEqual([])
})

test('refused while it is signed, a request is not sent', async () => {
  const refusal = jsonResponse(400, { error: 'invalid_grant' })
  const { session, sent, send, answer } = await slowSigning(scriptedRefresh(refusal))
  const call = send()
  await expect(session.refresh()).rejects.toMatchObject({ reason: 'refused' })
  await answer()
  expect(call.error).toMatchObject({ reason: 'refused' })
  expect(sent).toEqual([])
})

test.each(['close', 'signOut'] as const)(
  'G9 a request whose signing never ends is ended by %s()',
  async (end) => {
    const { session, clock, send, sent } = await slowSigning()
    const call = send()
    await clock.advance(0)
    void session[end]()
    await clock.advance(60_000)
    expect(call.error).toBeInstanceOf(SessionEndedError)
    expect(sent).toEqual([])
  },
)

test('a signing that fails because the session has ended is the end of the session', async () => {
  const { session, clock, asked, send } = await slowSigning()
  const call = send()
  // As where `onSignedOut` throws the keys away.
  await session.signOut()
  asked[0]?.answer.reject(new Error('no such key'))
  await clock.advance(0)
  expect(call.error).toMatchObject({ code: 'session-ended', reason: 'signed-out' })
})
