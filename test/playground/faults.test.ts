import { beforeEach, describe, expect, test } from 'vitest'

import { openPlayground, userAt } from './playing.js'
import type { Playing } from './playing.js'

const sides = ['left', 'right'] as const

describe('faults and orders, on both sides at once', () => {
  let playground: Playing
  let users: readonly ReturnType<typeof userAt>[]

  beforeEach(async () => {
    playground = await openPlayground()
    users = sides.map((side) => userAt(playground, side))
    await Promise.all(users.map((user) => user.signIn()))
  })

  const eachRefresh = (): Promise<unknown[]> =>
    Promise.all(users.map((user) => user.refresh().catch(() => 'lost')))

  test('expire kills the access tokens, and refreshing works', async () => {
    await playground.control('order', { order: 'expire' })
    for (const user of users) expect(await user.get()).toBe(401)
    expect(await eachRefresh()).toEqual([200, 200])
    for (const user of users) expect(await user.get()).toBe(200)
  })

  test('revoke ends the sessions', async () => {
    await playground.control('order', { order: 'revoke' })
    expect(await eachRefresh()).toEqual([401, 401])
    for (const side of sides) expect(playground[side].counts.familiesRevoked).toBe(1)
  })

  test('refuse refuses every refresh, until it is over', async () => {
    await playground.control('fault', { fault: 'refuse' })
    expect(await eachRefresh()).toEqual([401, 401])
    expect(await eachRefresh()).toEqual([401, 401])
    await playground.control('fault', { fault: 'none' })
    expect(await eachRefresh()).toEqual([200, 200])
  })

  test('busy says 503, and when to come again', async () => {
    await playground.control('fault', { fault: 'busy' })
    const answer = await playground.ask('/left/auth/refresh', { method: 'POST' })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  test('hang keeps the first refresh, and the end of the fault lets it go', async () => {
    await playground.control('fault', { fault: 'hang' })
    const hanging = eachRefresh()
    await expect.poll(() => sides.map((side) => playground[side].counts.refreshes)).toEqual([1, 1])
    expect(await eachRefresh()).toEqual([200, 200])
    await playground.control('fault', { fault: 'none' })
    expect(await hanging).toEqual(['lost', 'lost'])
  })

  test('each run arms the fault again', async () => {
    for (let round = 0; round < 2; round += 1) {
      await playground.control('run', { fault: 'drop' })
      const { refreshToken } = users[0]?.tokens ?? {}
      expect(await eachRefresh()).toEqual(['lost', 'lost'])
      expect(playground.left.counts).toMatchObject({ refreshes: 1, refreshesGranted: 1 })
      expect(users[0]?.tokens.refreshToken).toBe(refreshToken)
      for (const user of users) await user.signIn()
    }
  })

  test('drop loses the answer after the token was spent', async () => {
    await playground.control('fault', { fault: 'drop' })
    expect(await eachRefresh()).toEqual(['lost', 'lost'])
    expect(await eachRefresh()).toEqual([401, 401])
    expect(playground.right.counts).toMatchObject({ reuseDetected: 1, familiesRevoked: 1 })
  })

  test('offline nobody gets through, and the servers hear of nothing', async () => {
    await playground.control('run', { fault: 'offline' })
    for (const user of users) await expect(user.get()).rejects.toThrow('fetch failed')
    expect(await eachRefresh()).toEqual(['lost', 'lost'])
    for (const side of sides) expect(playground[side].requests).toEqual([])
    await playground.control('fault', { fault: 'none' })
    for (const user of users) expect(await user.get()).toBe(200)
  })

  test('going offline cuts what is under way', async () => {
    await playground.control('settings', {
      ...(await playground.state()).settings,
      refresh: 5_000,
    })
    for (const user of users) await user.signIn()
    const cut = eachRefresh()
    await expect.poll(() => sides.map((side) => playground[side].counts.refreshes)).toEqual([1, 1])
    await playground.control('fault', { fault: 'offline' })
    expect(await cut).toEqual(['lost', 'lost'])
  })

  test('blip takes the network away when the first refresh sets out, and gives it back', async () => {
    for (let round = 0; round < 2; round += 1) {
      await playground.control('run', { fault: 'blip' })
      for (const user of users) expect(await user.get()).toBe(200)
      expect(await eachRefresh()).toEqual(['lost', 'lost'])
      for (const side of sides) expect(playground[side].counts.refreshes).toBe(0)
      await expect.poll(eachRefresh, { timeout: 5_000 }).toEqual([200, 200])
    }
  })

  test('settings end what hangs, and keep the fault', async () => {
    await playground.control('fault', { fault: 'hang' })
    const hanging = eachRefresh()
    await expect.poll(() => sides.map((side) => playground[side].counts.refreshes)).toEqual([1, 1])
    const state = await playground.state()
    await playground.control('settings', { ...state.settings, lifetime: 9 })
    expect(await hanging).toEqual(['lost', 'lost'])
    expect((await playground.state()).fault).toBe('hang')
  })
})
