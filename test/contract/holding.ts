import { expect, test } from 'vitest'
import { enter, times, until, whileTimeRuns } from './stage.js'
import type { Suite } from './suite.js'

/** In a lifetime of 60 s: past the ahead-of-time point wherever it was drawn, and before the leeway. */
const insideTheWindowMs = 54_500

export function holding({ make, protocol, can }: Suite): void {
  test('G3 requests that start during a refresh are held, not sent with the dead token', async () => {
    const stage = await enter(make, protocol)
    const release = stage.holdRefresh()
    stage.server.orders.expireNow()
    const first = stage.call('/first')
    await until(stage.isRefreshHeld)
    const held = times(5, (index) => stage.call(`/held/${index}`))
    release()
    const answers = await Promise.all([first, ...held])
    expect(answers.map((answer) => protocol.echo(answer).generation)).toEqual(times(6, () => 2))
    expect(stage.server.counts).toMatchObject({ refreshes: 1, turnedAway: 1, served: 6 })
  })

  test('G3 inside the ahead-of-time window nobody is held', async () => {
    const stage = await enter(make, protocol)
    const release = stage.holdRefresh()
    await stage.clock.advance(insideTheWindowMs)
    const early = await Promise.all(times(3, () => stage.call()))
    expect(stage.session.status).toBe('refreshing')
    expect(early.map((answer) => protocol.echo(answer).generation)).toEqual([1, 1, 1])
    release()
    await until(() => stage.session.status === 'active')
    expect(protocol.echo(await stage.call()).generation).toBe(2)
    expect(stage.server.counts).toMatchObject({ refreshes: 1, turnedAway: 0 })
  })

  test('G20 an ahead-of-time refresh that fails disturbs no request while the token still works', async () => {
    // Refreshed ahead of time 30 to 60 s before the end, and held only in the last 5: time enough for
    // three tries, however slowly real I/O goes on beside the fake clock.
    const stage = await enter(make, protocol, { server: { accessTokenLifetime: 300 } })
    const { clock, server, session } = stage
    server.orders.failRefresh({ status: 503, times: 3 })
    await clock.advance(271_000)
    expect(protocol.echo(await stage.call()).generation).toBe(1)
    const failed = new Promise<void>((resolve) => {
      session.on('refresh-unavailable', () => resolve())
    })
    await whileTimeRuns(clock, failed)
    expect(protocol.echo(await stage.call()).generation).toBe(1)
    expect(server.counts.refreshes).toBe(3)
    expect(stage.signedOut).toEqual([])
  })

  test('G29 held requests leave in the order in which they came', async () => {
    const stage = await enter(make, protocol)
    const release = stage.holdRefresh()
    const { session, clock } = stage
    const released: number[] = []
    const held: number[] = []
    session.on('held', ({ requestId }) => held.push(requestId))
    session.on('released', ({ requestId, outcome }) => {
      if (outcome === 'sent') released.push(requestId)
    })
    await clock.advance(60_000)
    const paths = times(10, (index) => `/held/${index}`)
    const calls = paths.map((path) => stage.call(path))
    await until(stage.isRefreshHeld)
    release()
    await Promise.all(calls)
    expect(held).toHaveLength(10)
    expect(released).toEqual(held)
    const arrived = stage.received().map(({ path }) => path)
    if (can.overtaking) arrived.sort()
    expect(arrived).toEqual(paths.map((path) => protocol.api + path))
  })
}
