import { expect, test } from 'vitest'
import { memoryStore, SessionEndedError } from 'unexpired'
import { breathe, enter, enterAt, errorOf, ownUrl, start, times, until } from './stage.js'
import type { StageOptions } from './stage.js'
import type { Suite } from './suite.js'

export function whoseSession({ make, protocol }: Suite): void {
  /** Its refresh does not heed the signal, so that its answer comes whatever has happened meanwhile. */
  const deafRefresh: StageOptions = {
    refresh: ({ server }) => {
      const refresh = protocol.refresh(server.url)
      return (given) => refresh({ ...given, signal: new AbortController().signal })
    },
  }

  test('G23 signing out during a refresh wins, and nothing is resurrected', async () => {
    const store = memoryStore()
    const stage = await enter(make, protocol, { ...deafRefresh, session: { store } })
    const release = stage.holdRefresh()
    const { server, session } = stage
    server.orders.expireNow()
    const calls = times(3, (n) => errorOf(stage.call('/thing', ownUrl(n))))
    await until(() => stage.isRefreshHeld() && stage.turnedAway() === 3)
    await session.signOut()
    for (const error of await Promise.all(calls)) {
      expect(error).toBeInstanceOf(SessionEndedError)
      expect(error).toMatchObject({ reason: 'signed-out' })
    }
    // The server grants the refresh all the same; its answer comes after the end.
    release()
    await until(() => server.counts.refreshesGranted === 1)
    await breathe()
    expect(session.status).toBe('signed-out')
    expect(session.tokens).toBeUndefined()
    expect(await store.load()).toMatchObject({ tokens: undefined })
    expect(stage.signedOut).toMatchObject([{ reason: 'signed-out' }])
    expect(stage.received('/thing')).toHaveLength(3)
  })

  test('G24 a request that is held in one session is never sent with the tokens of another', async () => {
    const stage = await enter(make, protocol, deafRefresh)
    const release = stage.holdRefresh()
    const { server, session, clock } = stage
    await clock.advance(60_000)
    const held = times(3, () => errorOf(stage.call('/of-ann', { method: 'POST', body: { a: 1 } })))
    await until(stage.isRefreshHeld)
    await session.signIn(await protocol.signIn(server, 'bob'))
    for (const error of await Promise.all(held)) {
      expect(error).toMatchObject({ code: 'session-ended', reason: 'replaced' })
    }
    release()
    await until(() => server.counts.refreshesGranted === 1)
    await breathe()
    expect(stage.received('/of-ann')).toEqual([])
    expect(protocol.echo(await stage.call()).user).toBe('bob')
    expect(stage.signedOut).toMatchObject([{ reason: 'replaced' }])
  })

  test('G24 a request in flight when the user changes is never replayed with the tokens of the other', async () => {
    const stage = await enter(make, protocol)
    const { server, session } = stage
    server.orders.expireNow()
    server.orders.delay(`${protocol.api}/of-ann`, 60)
    const call = errorOf(stage.call('/of-ann', { method: 'POST', body: { a: 1 } }))
    await until(() => stage.received('/of-ann').length === 1)
    await session.signIn(await protocol.signIn(server, 'bob'))
    expect(await call).toMatchObject({ code: 'session-ended', reason: 'replaced' })
    expect((await call) as SessionEndedError).toHaveProperty('response')
    expect(stage.received('/of-ann').map(({ user }) => user)).toEqual(['ann'])
    expect(server.counts.refreshes).toBe(0)
    expect(protocol.echo(await stage.call()).user).toBe('bob')
  })

  test('G24 a good answer that was in flight when the user changed is handed over', async () => {
    const stage = await enter(make, protocol)
    const { server, session } = stage
    const call = stage.call('/slow', { query: { ms: '60' } })
    await until(() => stage.received().length === 1)
    await session.signIn(await protocol.signIn(server, 'bob'))
    expect(protocol.echo(await call).user).toBe('ann')
  })

  test('G24 a refresh of one user that ends after another signed in changes nothing', async () => {
    const stage = await enter(make, protocol, deafRefresh)
    const release = stage.holdRefresh()
    const { server, session } = stage
    server.orders.expireNow()
    const call = errorOf(stage.call())
    await until(stage.isRefreshHeld)
    const bob = await protocol.signIn(server, 'bob')
    await session.signIn(bob)
    expect(await call).toMatchObject({ code: 'session-ended', reason: 'replaced' })
    release()
    await until(() => server.counts.refreshesGranted === 1)
    await breathe()
    expect(session.tokens?.accessToken).toBe(bob.accessToken)
    server.orders.expireNow()
    expect(protocol.echo(await stage.call())).toMatchObject({ user: 'bob', generation: 2 })
  })

  test('G25 two sessions in one process never see each other’s tokens', async () => {
    const server = await start({ latency: { refresh: 5 } })
    const ann = await enterAt(server, make, protocol)
    const bob = await enterAt(server, make, protocol, { user: 'bob' })
    server.orders.expireNow()
    const calls = times(6, (index) => (index % 2 ? ann : bob).call(`/thing/${index}`))
    const users = (await Promise.all(calls)).map((answer) => protocol.echo(answer).user)
    expect(users).toEqual(['bob', 'ann', 'bob', 'ann', 'bob', 'ann'])
    expect(server.counts).toMatchObject({ refreshes: 2, familiesRevoked: 0 })
    await ann.session.signOut()
    expect(protocol.echo(await bob.call()).user).toBe('bob')
  })
}
