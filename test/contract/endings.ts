import { expect, test } from 'vitest'
import { SessionEndedError } from 'unexpired'
import { enter, errorOf, times, until } from './stage.js'
import type { Suite } from './suite.js'

export function endings({ make, protocol }: Suite): void {
  test('G18 G19 a refusal ends everything that waits with one clear error, and the app is told once', async () => {
    const stage = await enter(make, protocol)
    const release = stage.holdRefresh()
    const { server } = stage
    server.orders.refuseRefresh()
    server.orders.expireNow()
    const turnedAway = times(3, () => errorOf(stage.call('/turned-away')))
    await until(() => stage.turnedAway() === 3 && stage.isRefreshHeld())
    const held = times(3, () => errorOf(stage.call('/held')))
    release()
    const errors = await Promise.all([...turnedAway, ...held])
    for (const error of errors) {
      expect(error).toBeInstanceOf(SessionEndedError)
      expect(error).toMatchObject({ reason: 'refused' })
    }
    const withResponse = errors.map((error) => (error as SessionEndedError).response !== undefined)
    expect(withResponse).toEqual([true, true, true, false, false, false])
    expect(stage.received('/held')).toEqual([])
    expect(stage.signedOut).toHaveLength(1)
    expect(stage.signedOut).toMatchObject([{ type: 'signed-out', reason: 'refused' }])
    expect(server.counts.refreshes).toBe(1)
  })

  test('G21 after the end, requests go without a token, get their own answer, and refresh nothing', async () => {
    const stage = await enter(make, protocol)
    stage.server.orders.refuseRefresh()
    stage.server.orders.expireNow()
    await errorOf(stage.call())
    expect(protocol.isTurnedAway(await stage.call('/after'))).toBe(true)
    expect(stage.received('/after')).toMatchObject([{ credentials: [] }])
    expect(stage.server.counts.refreshes).toBe(1)
    expect(stage.signedOut).toHaveLength(1)
  })

  test('G18 each session that ends is told of once', async () => {
    const stage = await enter(make, protocol)
    const { server, session } = stage
    for (const user of ['ann', 'bob']) {
      await session.signIn(await protocol.signIn(server, user))
      server.orders.refuseRefresh()
      server.orders.expireNow()
      await Promise.all(times(3, () => errorOf(stage.call())))
    }
    // The first sign-in of the stage was replaced by another of ann's.
    expect(stage.signedOut.map(({ reason }) => reason)).toEqual(['replaced', 'refused', 'refused'])
    expect(new Set(stage.signedOut.map(({ sessionId }) => sessionId)).size).toBe(3)
  })

  test('G21 a request of nobody gets its own answer, without a token and without a refresh', async () => {
    const stage = await enter(make, protocol, { user: false })
    expect(protocol.isTurnedAway(await stage.call())).toBe(true)
    stage.server.orders.failApi({ status: 401, body: { error: 'wrong password' } })
    const login = await stage.call('/login-form', { method: 'POST', body: { name: 'ann' } })
    expect(login.status).toBe(401)
    expect(login.json()).toEqual({ error: 'wrong password' })
    expect(stage.received()).toMatchObject([{ credentials: [] }, { credentials: [] }])
    expect(stage.server.counts.refreshes).toBe(0)
  })

  test('G21 session: false is neither held nor given a token, and its 401 refreshes nothing', async () => {
    const stage = await enter(make, protocol)
    const release = stage.holdRefresh()
    const { server } = stage
    server.orders.expireNow()
    const other = stage.call('/other')
    await until(stage.isRefreshHeld)
    const answer = await stage.call('/untouched', { session: false })
    expect(protocol.isTurnedAway(answer)).toBe(true)
    expect(stage.session.status).toBe('refreshing')
    release()
    await other
    expect(stage.received('/untouched')).toMatchObject([{ credentials: [] }])
    expect(server.counts.refreshes).toBe(1)
  })

  test('in flight when the session ends, an answer is handed over and an expired one is the end', async () => {
    const stage = await enter(make, protocol)
    const { server, session } = stage
    const good = stage.call('/slow', { query: { ms: '60' } })
    server.orders.delay(`${protocol.api}/always-401`, 60)
    const bad = errorOf(stage.call('/always-401'))
    await until(() => stage.received().length === 2)
    await session.signOut()
    expect(protocol.echo(await good).user).toBe('ann')
    expect(await bad).toMatchObject({ code: 'session-ended', reason: 'signed-out' })
    expect((await bad) as SessionEndedError).toHaveProperty('response')
    expect(server.counts.refreshes).toBe(0)
  })
}
