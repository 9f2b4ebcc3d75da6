import { expect, test } from 'vitest'
import { memoryStore } from 'unexpired'
import { enter, enterAt, start, times, until } from './stage.js'
import type { Stage } from './stage.js'
import type { Suite } from './suite.js'

export function oneRefresh({ make, protocol }: Suite): void {
  const generations = async (stage: Stage, calls: readonly ReturnType<Stage['call']>[]) =>
    (await Promise.all(calls)).map((answer) => stage.protocol.echo(answer).generation)

  test('G1 twenty requests that are turned away together cause one refresh, and all are served', async () => {
    const stage = await enter(make, protocol, { server: { latency: { refresh: 5 } } })
    stage.server.orders.expireNow()
    const calls = times(20, (index) => stage.call(`/thing/${index}`))
    expect(await generations(stage, calls)).toEqual(times(20, () => 2))
    expect(stage.server.counts).toMatchObject({
      refreshes: 1,
      turnedAway: 20,
      served: 20,
      familiesRevoked: 0,
    })
  })

  test('G1 twenty requests past the lifetime cause one refresh, and none is sent with a dead token', async () => {
    const stage = await enter(make, protocol)
    await stage.clock.advance(60_000)
    const calls = times(20, (index) => stage.call(`/thing/${index}`))
    expect(await generations(stage, calls)).toEqual(times(20, () => 2))
    expect(stage.server.counts).toMatchObject({ refreshes: 1, turnedAway: 0, served: 20 })
  })

  test('G1 two clients on one session share one refresh', async () => {
    const stage = await enter(make, protocol)
    const { session, server } = stage
    const { credential } = protocol
    const other = make({ session, origin: server.url, credential })
    server.orders.expireNow()
    const calls = times(6, (index) =>
      index % 2 ? stage.call() : other.send({ path: `${protocol.api}/other` }),
    )
    expect(await generations(stage, calls)).toEqual(times(6, () => 2))
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
  })

  test('G1 two sessions on one store share one refresh', async () => {
    const store = memoryStore()
    const server = await start({ latency: { refresh: 5 } })
    const one = await enterAt(server, make, protocol, { session: { store } })
    const two = await enterAt(server, make, protocol, { session: { store }, user: false })
    await until(() => two.session.tokens !== undefined)
    server.orders.expireNow()
    const calls = times(6, (index) => (index % 2 ? one : two).call(`/thing/${index}`))
    expect(await generations(one, calls)).toEqual(times(6, () => 2))
    expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
    expect(one.session.tokens).toEqual(two.session.tokens)
  })

  test('G2 a late 401 is replayed at once and refreshes nothing', async () => {
    const stage = await enter(make, protocol)
    const { server } = stage
    server.orders.expireNow()
    server.orders.delay(`${protocol.api}/late`, 250)
    const late = stage.call('/late')
    await stage.call('/early')
    expect(server.counts).toMatchObject({ refreshes: 1, turnedAway: 1 })
    expect(protocol.echo(await late).generation).toBe(2)
    expect(server.counts).toMatchObject({ refreshes: 1, turnedAway: 2, served: 2 })
  })

  test('G22 a 403 refreshes nothing', async () => {
    const stage = await enter(make, protocol)
    expect((await stage.call('/forbidden')).status).toBe(403)
    expect(stage.server.counts.refreshes).toBe(0)
    expect(stage.received()).toHaveLength(1)
  })
}
