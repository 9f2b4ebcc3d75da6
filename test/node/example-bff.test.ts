import { expect, test, vi } from 'vitest'

import { all, echo, herd, openBrowser, statuses, times, useBackEnd } from './example-bff.js'
import { useRedis } from './harness/redis.js'

const redis = useRedis()
const start = useBackEnd(redis)

test('G1 sixty calls over three instances that find the token expired: one refresh', async () => {
  const { browser, server } = await start()
  expect((await browser.signIn('ada')).status).toBe(204)
  expect(statuses(await herd(6, browser))).toEqual(all(6, 200))
  for (const generation of [2, 3, 4]) {
    server.orders.expireNow()
    const answers = await herd(60, browser)
    expect(answers.map(echo)).toMatchObject(times(60, () => ({ user: 'ada', generation })))
    expect(server.counts.refreshes).toBe(generation - 1)
  }
  expect(server.counts.familiesRevoked).toBe(0)
})

test('G40 no token ever reaches the browser, nor Redis as it is', async () => {
  const { browser, server } = await start()
  await browser.signIn('ada')
  server.orders.expireNow()
  await herd(12, browser)
  await browser.ask('/api/always-401')
  await browser.ask('/sign-out', { method: 'POST' })
  await browser.ask('/api/me')
  expect(browser.received.length).toBe(16)
  for (const text of browser.received) expect(text).not.toMatch(/[ar]t_f\d/)

  await browser.signIn('ada')
  const keys = (await redis().ask('KEYS', '*')) as string[]
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys) {
    expect(key).not.toContain(browser.cookies.get('__Host-session'))
    expect(await redis().ask('GET', key)).not.toMatch(/[ar]t_f\d/)
  }
})

test('a sign-in gets a new id, whatever cookie came with it, and ends the session before it', async () => {
  const { browser, port } = await start()
  browser.cookies.set('__Host-session', 'known-to-somebody-else')
  await browser.signIn('ada')
  const first = browser.cookies.get('__Host-session')
  expect(first).not.toBe('known-to-somebody-else')
  await browser.signIn('grace')
  expect(browser.cookies.get('__Host-session')).not.toBe(first)
  for (const id of ['known-to-somebody-else', first]) {
    const other = openBrowser(port)
    other.cookies.set('__Host-session', String(id))
    expect(statuses(await herd(3, other))).toEqual(all(3, 401))
  }
})

test('G25 many browsers at once each get the data of their own user, and no other', async () => {
  const { port, server } = await start()
  const users = times(12, (index) => ({ name: `user-${index}`, browser: openBrowser(port) }))
  await Promise.all(users.map(({ name, browser: own }) => own.signIn(name)))
  server.orders.expireNow()
  const answers = await Promise.all(users.map(({ browser: own }) => herd(5, own)))
  expect(answers.map((list) => list.map((answer) => echo(answer)['user']))).toEqual(
    users.map(({ name }) => times(5, () => name)),
  )
  expect(server.counts).toMatchObject({ refreshes: 12, familiesRevoked: 0 })
})

test('G5 an instance is killed in the middle of a refresh: the others go on', async () => {
  const { browser, instances, server } = await start()
  await browser.signIn('ada')
  await herd(6, browser)
  server.orders.expireNow()
  server.orders.hangRefresh()
  const [first] = instances
  const lost = browser.ask('/api/me', { port: first?.port ?? 0 }).catch(() => 'gone')
  await vi.waitFor(() => expect(server.counts.refreshes).toBe(1), 20_000)
  await first?.kill()
  expect(await lost).toBe('gone')
  const answers = await herd(12, browser)
  expect(answers.map(echo)).toMatchObject(times(12, () => ({ user: 'ada', generation: 2 })))
  expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
})

test('G18 a sign-out is seen by all instances at once, and takes the cookie away', async () => {
  const { browser, port } = await start()
  await browser.signIn('ada')
  await herd(6, browser)
  const thief = openBrowser(port)
  thief.cookies.set('__Host-session', browser.cookies.get('__Host-session') ?? '')
  const { status, headers } = await browser.ask('/sign-out', { method: 'POST' })
  expect(status).toBe(204)
  expect(headers['set-cookie']).toEqual([
    '__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict',
  ])
  await vi.waitFor(async () => expect(statuses(await herd(6, thief))).toEqual(all(6, 401)), 5_000)
  expect(statuses(await herd(6, browser))).toEqual(all(6, 401))
})

test('G19 a session that is refused is a 401 for the browser, everywhere, and a sign-in mends it', async () => {
  const { browser, server } = await start()
  await browser.signIn('ada')
  server.orders.expireNow()
  server.orders.refuseRefresh()
  expect(statuses(await herd(12, browser))).toEqual(all(12, 401))
  expect(server.counts.refreshes).toBe(1)
  await browser.signIn('ada')
  expect(statuses(await herd(6, browser))).toEqual(all(6, 200))
})

test('G15 a token server that is away is a 503 with Retry-After, and signs nobody out', async () => {
  const { browser, server } = await start()
  await browser.signIn('ada')
  server.orders.expireNow()
  server.orders.failRefresh({ status: 503, times: Infinity })
  const { status, headers } = await browser.ask('/api/me')
  expect(status).toBe(503)
  expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  server.orders.clear()
  await vi.waitFor(
    async () => expect(statuses(await herd(6, browser))).toEqual(all(6, 200)),
    20_000,
  )
  expect(server.counts.familiesRevoked).toBe(0)
})

test('G31 with Redis gone, instances go on with what they know, and it is there again afterwards', async () => {
  const { browser, server, startAnother } = await start()
  await browser.signIn('ada')
  expect(statuses(await herd(6, browser))).toEqual(all(6, 200))
  await redis().kill()
  expect(statuses(await herd(6, browser))).toEqual(all(6, 200))
  await redis().start()
  server.orders.expireNow()
  // Each of the three has read again by then, and one of them has written.
  await vi.waitFor(
    async () => expect(statuses(await herd(6, browser))).toEqual(all(6, 200)),
    20_000,
  )
  const { port } = await startAnother()
  expect((await browser.ask('/api/me', { port })).status).toBe(200)
  expect(server.counts.familiesRevoked).toBe(0)
})

test('G15 an instance that starts while Redis is away turns nobody away for good', async () => {
  const { browser, startAnother } = await start()
  await browser.signIn('ada')
  const { port } = await startAnother()
  redis().freeze()
  const early = browser.ask('/api/me', { port })
  await new Promise((resolve) => void setTimeout(resolve, 3_000))
  redis().thaw()
  expect((await early).status).not.toBe(401)
  await vi.waitFor(
    async () => expect((await browser.ask('/api/me', { port })).status).toBe(200),
    20_000,
  )
})

test('an instance that is told to stop ends by itself, and without a complaint', async () => {
  const { browser, instances } = await start()
  await browser.signIn('ada')
  await herd(6, browser)
  const ends = await Promise.all(instances.map((instance) => instance.stop()))
  expect(ends).toMatchObject(times(3, () => ({ code: 0, complained: '' })))
})

test('G4 an instance that is told to stop in the middle of a refresh stores what it brings', async () => {
  const { browser, server, instances } = await start()
  await browser.signIn('ada')
  server.orders.expireNow()
  server.orders.delay('/oauth/token', 2_000)
  const [first] = instances
  const begun = vi.waitFor(() => expect(server.counts.refreshes).toBe(1), 20_000)
  // So nothing waits for that refresh any more.
  await browser.leave('/api/me', begun, { port: first?.port ?? 0 })
  expect(await first?.stop()).toMatchObject({ code: 0, complained: '' })
  const answers = await herd(6, browser)
  expect(answers.map(echo)).toMatchObject(times(6, () => ({ user: 'ada', generation: 2 })))
  expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
})
