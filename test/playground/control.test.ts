import { describe, expect, test } from 'vitest'

import { serverSettingsOf, defaults } from '../../playground/shared/settings.js'
import { json, openPlayground, userAt } from './playing.js'

const quick = { lifetime: 60, announce: true, api: 0, refresh: 0, rotation: 'strict' } as const

describe('settings', () => {
  test('start both servers anew: tokens from before are worth nothing', async () => {
    const playground = await openPlayground()
    const users = [userAt(playground, 'left'), userAt(playground, 'right')]
    await Promise.all(users.map((user) => user.signIn()))
    const before = await playground.state()
    const after = await playground.control('settings', { ...quick, lifetime: 7 })
    expect(after.settings.lifetime).toBe(7)
    expect(after.epoch).not.toBe(before.epoch)
    expect(after.left.lines).toEqual(before.left.lines)
    for (const user of users) {
      expect(await user.get()).toBe(401)
      expect(await user.signIn()).toBe(200)
      expect(user.tokens.expiresIn).toBe(7)
    }
  })

  test('that are in force already change nothing', async () => {
    const playground = await openPlayground()
    const user = userAt(playground, 'left')
    await user.signIn()
    const before = await playground.state()
    expect((await playground.control('settings', quick)).epoch).toBe(before.epoch)
    expect(await user.get()).toBe(200)
  })

  test('of two tabs at once end as one of them', async () => {
    const playground = await openPlayground()
    await Promise.all(
      [3, 4, 5, 6].map((lifetime) => playground.control('settings', { ...quick, lifetime })),
    )
    const { settings } = await playground.state()
    for (const side of ['left', 'right'] as const) {
      const user = userAt(playground, side)
      await user.signIn()
      expect(user.tokens.expiresIn).toBe(settings.lifetime)
    }
  })

  test('may keep the lifetime to the server', async () => {
    const playground = await openPlayground()
    await playground.control('settings', { ...quick, announce: false })
    const user = userAt(playground, 'right')
    await user.signIn()
    expect(user.tokens.expiresIn).toBeUndefined()
  })

  test.each([
    ['strict', 401, 1],
    ['grace', 200, 0],
    ['none', 200, 0],
  ] as const)('a used refresh token, with rotation %s', async (rotation, status, revoked) => {
    const playground = await openPlayground()
    await playground.control('settings', { ...quick, rotation })
    const user = userAt(playground, 'left')
    await user.signIn()
    const { refreshToken } = user.tokens
    await user.refresh()
    const again = await playground.ask('/left/auth/refresh', json({ refreshToken }))
    expect(again.status).toBe(status)
    expect(playground.left.counts.familiesRevoked).toBe(revoked)
  })

  test('latencies are kept, some answers taking longer than others', async () => {
    const playground = await openPlayground()
    await playground.control('settings', { ...quick, api: 60, refresh: 90 })
    const user = userAt(playground, 'left')
    await user.signIn()
    await user.refresh()
    await user.get('/me')
    await user.get('/search')
    const [, refresh, me, search] = playground.left.requests.map(({ tookMs }) => tookMs ?? 0)
    expect(refresh).toBeGreaterThanOrEqual(89)
    expect(me).toBeGreaterThanOrEqual(59)
    expect(search).toBeGreaterThanOrEqual(60 * 1.9)
  })

  test('that make no sense leave what was', async () => {
    const playground = await openPlayground()
    const { settings } = await playground.state()
    const sent = await playground.ask('/control/settings', json({ api: 'soon', rotation: 7 }))
    expect(((await sent.json()) as { settings: unknown }).settings).toEqual(settings)
    expect(settings).not.toEqual(serverSettingsOf(defaults))
  })
})

describe('a run', () => {
  test('counts from zero, and keeps who is signed in', async () => {
    const playground = await openPlayground()
    const user = userAt(playground, 'left')
    await user.signIn()
    await user.get()
    const { left, right } = await playground.control('run', { fault: 'none' })
    expect(new Set([...Object.values(left.counts), ...Object.values(right.counts)])).toEqual(
      new Set([0]),
    )
    expect(await user.get()).toBe(200)
    expect(playground.left.counts.served).toBe(1)
  })
})

describe('what is wrong to ask', () => {
  test.each([
    ['fault', { fault: 'toString' }, 400],
    ['fault', {}, 400],
    ['order', { order: 'clear' }, 400],
    ['run', { fault: 'none, really' }, 400],
    ['toString', {}, 404],
    ['settings', [], 200],
    ['settings', 'text', 400],
    ['settings', null, 400],
  ])('%s %o is answered with %i', async (call, body, status) => {
    const playground = await openPlayground()
    expect((await playground.ask(`/control/${call}`, json(body))).status).toBe(status)
    expect((await playground.state()).fault).toBe('none')
  })

  test('what is long, or no JSON, is not read', async () => {
    const playground = await openPlayground()
    const long = await playground.ask('/control/settings', json({ more: 'x'.repeat(20_000) }))
    expect(long.status).toBe(413)
    const broken = await playground.ask('/control/settings', { ...json({}), body: '{"api":' })
    expect(broken.status).toBe(400)
    expect((await playground.ask('/control/run', { method: 'DELETE' })).status).toBe(405)
    expect((await playground.ask('/control/nothing')).status).toBe(404)
  })
})
