import { expect, test } from 'vitest'

import { deferred, observe } from './observed.js'
import { scriptedRefresh, tokensOf } from './scripted-refresh.js'
import { signed, signedInWith, slowSigning } from './signing.js'

test('a signing that fails after the tokens were refreshed is done anew', async () => {
  const { session, clock, asked, send, sent, answer, tokens } = await slowSigning()
  const call = send()
  await session.refresh()
  asked[0]?.answer.reject(new Error('no key for this token any more'))
  await clock.advance(0)
  await answer()
  expect(tokens()).toEqual(['access-1', 'access-2'])
  expect(sent).toEqual([signed('access-2')])
  expect(call.value).toEqual({ status: 200 })
})

test('G3 refreshed while it is signed, a request is signed anew for the newer token', async () => {
  const { session, refresh, sent, send, answer, tokens } = await slowSigning()
  const call = send()
  await session.refresh()
  await answer()
  expect(tokens()).toEqual(['access-1', 'access-2'])
  expect(sent).toEqual([])
  await answer()
  expect(sent).toEqual([signed('access-2')])
  expect(call.value).toEqual({ status: 200 })
  expect(refresh.calls).toHaveLength(1)
})

test('G3 adopted while it is signed, newer tokens are used, too', async () => {
  const { session, refresh, sent, send, answer } = await slowSigning()
  const call = send()
  await session.adopt(tokensOf(5))
  await answer()
  await answer()
  expect(sent).toEqual([signed('access-5')])
  expect(call.value).toEqual({ status: 200 })
  expect(refresh.calls).toHaveLength(0)
})

test('G3 a request that is signed while another’s token is turned down is held, and signed anew', async () => {
  const renewed = deferred<object>()
  const { clock, refresh, asked, sent, send, answer, tokens } = await slowSigning(
    scriptedRefresh(() => renewed.promise),
  )
  const [one, two] = [send(401), send()]
  asked[0]?.answer.resolve({ 'X-Signed': 'access-1' })
  await clock.advance(0)
  expect([sent.length, refresh.calls.length]).toEqual([1, 1])
  // Only now it is signed, for a token that is known to be dead.
  await answer()
  expect(sent).toHaveLength(1)
  renewed.resolve(tokensOf(2))
  await clock.advance(0)
  await answer()
  expect(tokens()).toEqual(['access-1', 'access-1', 'access-2', 'access-2'])
  expect(sent).toEqual([signed('access-1'), signed('access-2'), signed('access-2')])
  expect([one.value, two.value]).toEqual([{ status: 200 }, { status: 200 }])
  expect(refresh.calls).toHaveLength(1)
})

test('G36 a token that has run out while it was signed is not sent', async () => {
  const { clock, refresh, sent, send, answer } = await slowSigning()
  const call = send()
  await clock.advance(60_000)
  await answer()
  await answer()
  expect(sent).toEqual([signed('access-2')])
  expect(call.value).toEqual({ status: 200 })
  expect(refresh.calls).toHaveLength(1)
})

test('G3 nor while another request’s refresh for that is under way', async () => {
  const renewed = deferred<object>()
  const { clock, sent, send, answer } = await slowSigning(scriptedRefresh(() => renewed.promise))
  const call = send()
  await clock.advance(60_000)
  const held = send()
  await answer()
  expect(sent).toEqual([])
  renewed.resolve(tokensOf(2))
  await clock.advance(0)
  await answer()
  expect(sent).toEqual([signed('access-2'), signed('access-2')])
  expect([call.value, held.value]).toEqual([{ status: 200 }, { status: 200 }])
})

test('G37 signing that outlives every token makes no loop', async () => {
  const short = Array.from({ length: 40 }, (_, n) => ({ ...tokensOf(n + 2), expiresIn: 1 }))
  const { clock, session, refresh, sent, send, asked } = await slowSigning(
    scriptedRefresh(...short),
  )
  await clock.advance(60_000)
  const call = send()
  for (let round = 0; round < 20 && call.state === 'pending'; round += 1) {
    await clock.advance(2_000)
    asked.at(-1)?.answer.resolve({ 'X-Signed': 'x' })
    await clock.advance(0)
  }
  expect(call.state).not.toBe('pending')
  expect(sent.length).toBeLessThan(2)
  expect(refresh.calls.length).toBeLessThan(5)
  expect(session.status).toBe('active')
})

test('G37 nor does a credential that refreshes the tokens itself', async () => {
  const started = await signedInWith(async ({ headers }) => {
    await started.session.refresh()
    return headers
  })
  const { session, refresh, clock } = started
  const call = observe(session.authorize(() => Promise.resolve({ status: 200 })))
  await clock.advance(0)
  expect(call.state).not.toBe('pending')
  expect(refresh.calls.length).toBeLessThan(5)
})

test('held again after it was signed, a request is one request in the events', async () => {
  const renewed = deferred<object>()
  const { session, clock, asked, send, answer } = await slowSigning(
    scriptedRefresh(() => renewed.promise),
  )
  send(401)
  const two = send()
  asked[0]?.answer.resolve({ 'X-Signed': 'access-1' })
  await clock.advance(0)
  await answer()
  renewed.resolve(tokensOf(2))
  await clock.advance(0)
  await answer()
  expect(two.value).toEqual({ status: 200 })
  const events = session.explain().map(({ type, ...rest }) => ({ type, ...rest }))
  const held = events.filter(({ type }) => type === 'held')
  const released = events.filter(({ type }) => type === 'released')
  expect(held.map((event) => 'requestId' in event && event.requestId)).toEqual([1, 2])
  expect(released).toMatchObject([
    { requestId: 1, outcome: 'sent' },
    { requestId: 2, outcome: 'sent' },
  ])
})
