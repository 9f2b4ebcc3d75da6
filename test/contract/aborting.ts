import { expect, test } from 'vitest'
import { enter, errorOf, until } from './stage.js'
import type { Stage } from './stage.js'
import type { Suite } from './suite.js'

export function aborting({ make, protocol, can }: Suite): void {
  /** The one that was aborted was told in its client's own words; everybody else goes on. */
  async function expectOnlyOne(
    stage: Stage,
    aborted: Promise<unknown>,
    other: ReturnType<Stage['call']>,
    release: () => void,
  ): Promise<void> {
    const error = await errorOf(aborted)
    expect(can.isCancel(error)).toBe(true)
    // It did not wait for the refresh.
    expect(stage.session.status).toBe('refreshing')
    release()
    expect(protocol.echo(await other).generation).toBe(2)
    expect(stage.server.counts).toMatchObject({ refreshes: 1, refreshesGranted: 1 })
  }

  test('G12 aborting a request that is held ends it at once, sends nothing, and disturbs nobody', async () => {
    const stage = await enter(make, protocol)
    const release = stage.holdRefresh()
    const controller = new AbortController()
    await stage.clock.advance(60_000)
    const other = stage.call('/other')
    const call = stage.call('/aborted', { signal: controller.signal })
    await until(stage.isRefreshHeld)
    controller.abort()
    await expectOnlyOne(stage, call, other, release)
    expect(stage.received('/aborted')).toEqual([])
  })

  test('G12 aborting the request that started the refresh does not end the refresh', async () => {
    const stage = await enter(make, protocol)
    const release = stage.holdRefresh()
    const controller = new AbortController()
    await stage.clock.advance(60_000)
    const call = stage.call('/aborted', { signal: controller.signal })
    const other = stage.call('/other')
    await until(stage.isRefreshHeld)
    controller.abort()
    await expectOnlyOne(stage, call, other, release)
    expect(stage.received('/aborted')).toEqual([])
  })

  test('G12 aborting a request that was turned away and waits ends it at once, and it is not replayed', async () => {
    const stage = await enter(make, protocol)
    const release = stage.holdRefresh()
    const controller = new AbortController()
    stage.server.orders.expireNow()
    const call = stage.call('/aborted', { signal: controller.signal })
    const other = stage.call('/other')
    await until(() => stage.turnedAway() === 2 && stage.isRefreshHeld())
    controller.abort()
    await expectOnlyOne(stage, call, other, release)
    expect(stage.received('/aborted')).toHaveLength(1)
  })

  test('G12 aborting a request in flight is the affair of its client, and of nobody else', async () => {
    const stage = await enter(make, protocol)
    const controller = new AbortController()
    const call = errorOf(stage.call('/never', { signal: controller.signal }))
    const other = stage.call('/slow', { query: { ms: '15' } })
    await until(() => stage.received().length === 2)
    controller.abort()
    expect(can.isCancel(await call)).toBe(true)
    expect(protocol.echo(await other).generation).toBe(1)
    expect(stage.server.counts.refreshes).toBe(0)
  })

  test('G12 aborting a replay in flight ends it, and nothing is refreshed again', async () => {
    const stage = await enter(make, protocol)
    const controller = new AbortController()
    stage.server.orders.expireNow()
    const call = errorOf(stage.call('/never', { signal: controller.signal }))
    await until(() => stage.received('/never').length === 2)
    controller.abort()
    expect(can.isCancel(await call)).toBe(true)
    expect(stage.server.counts.refreshes).toBe(1)
  })

  test('G12 a request whose signal is aborted already is not sent', async () => {
    const stage = await enter(make, protocol)
    const error = await errorOf(stage.call('/aborted', { signal: AbortSignal.abort() }))
    expect(can.isCancel(error)).toBe(true)
    await stage.clock.advance(60_000)
    const late = await errorOf(stage.call('/aborted', { signal: AbortSignal.abort() }))
    expect(can.isCancel(late)).toBe(true)
    expect(stage.received()).toEqual([])
    expect(stage.server.counts.refreshes).toBe(0)
  })
}
