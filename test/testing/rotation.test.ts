import { expect, test } from 'vitest'

import { call, json, refresh, signIn, sleep, start } from './calls.js'
import type { PlainTokens } from './calls.js'

test('strict: a spent refresh token costs the whole family its life, the new tokens too', async () => {
  const server = await start()
  const first = await signIn(server)
  const second = await json<PlainTokens>(refresh(server, first.refreshToken))
  expect((await refresh(server, first.refreshToken)).status).toBe(401)

  expect((await call(server, second.accessToken)).status).toBe(401)
  expect((await call(server, first.accessToken)).status).toBe(401)
  expect((await refresh(server, second.refreshToken)).status).toBe(401)
  expect(server.counts).toMatchObject({
    refreshes: 3,
    refreshesGranted: 1,
    refreshesRefused: 2,
    reuseDetected: 1,
    familiesRevoked: 1,
  })
})

test('strict: twenty refreshes at once with one token are one too many nineteen times', async () => {
  const server = await start({ latency: { refresh: 20 } })
  const { refreshToken } = await signIn(server)
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(server, refreshToken)))
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  expect(server.counts).toMatchObject({
    refreshesGranted: 1,
    reuseDetected: 19,
    familiesRevoked: 1,
  })
  // All of them on a machine with nothing else to do.
  expect(server.counts.maxConcurrentRefreshes).toBeGreaterThan(1)
})

test('strict: other families live on', async () => {
  const server = await start()
  const ann = await signIn(server, 'ann')
  const bob = await signIn(server, 'bob')
  await refresh(server, ann.refreshToken)
  await refresh(server, ann.refreshToken)
  expect((await call(server, bob.accessToken)).status).toBe(200)
  expect((await refresh(server, bob.refreshToken)).status).toBe(200)
})

test('grace: a spent token yields further good tokens, which all live', async () => {
  const server = await start({ rotation: { graceMs: 5000 } })
  const first = await signIn(server)
  const second = await json<PlainTokens>(refresh(server, first.refreshToken))
  const third = await json<PlainTokens>(refresh(server, first.refreshToken))
  expect(third.accessToken).toMatch(/^at_f1_3_/)
  for (const { accessToken, refreshToken } of [second, third]) {
    expect((await call(server, accessToken)).status).toBe(200)
    expect((await refresh(server, refreshToken)).status).toBe(200)
  }
  expect(server.counts).toMatchObject({ reuseDetected: 0, familiesRevoked: 0 })
})

test('grace: it begins with the first use, and afterwards the family dies', async () => {
  const server = await start({ rotation: { graceMs: 100 } })
  const first = await signIn(server)
  const second = await json<PlainTokens>(refresh(server, first.refreshToken))
  await sleep(60)
  await refresh(server, first.refreshToken)
  await sleep(60)
  expect((await refresh(server, first.refreshToken)).status).toBe(401)
  expect((await call(server, second.accessToken)).status).toBe(401)
  expect(server.counts).toMatchObject({ reuseDetected: 1, familiesRevoked: 1 })
})

test('none: a refresh token can be used for ever, and is repeated in the answer', async () => {
  const server = await start({ rotation: 'none' })
  const { refreshToken } = await signIn(server)
  for (let generation = 2; generation < 5; generation += 1) {
    const next = await json<PlainTokens>(refresh(server, refreshToken))
    expect(next.refreshToken).toBe(refreshToken)
    expect(next.accessToken).toMatch(new RegExp(`^at_f1_${generation}_`))
  }
  expect(server.counts.reuseDetected).toBe(0)
})
