import { expect, test } from 'vitest'
import { enter, errorOf, ownUrl, times } from './stage.js'
import type { Suite } from './suite.js'

export function turnedDownAgain({ make, protocol }: Suite): void {
  test('G11 a replay that is turned down again returns that answer, and nothing is attempted three times', async () => {
    const stage = await enter(make, protocol)
    expect(protocol.isTurnedAway(await stage.call('/always-401'))).toBe(true)
    expect(stage.received('/always-401').map(({ generation }) => generation)).toEqual([1, 2])
    expect(stage.server.counts.refreshes).toBe(1)
    expect(stage.signedOut).toEqual([])
  })

  test('G11 an endpoint that always turns down, polled twenty times, makes no storm', async () => {
    const stage = await enter(make, protocol)
    for (let poll = 0; poll < 20; poll += 1) {
      expect(protocol.isTurnedAway(await stage.call('/always-401'))).toBe(true)
    }
    expect(stage.server.counts.refreshes).toBe(1)
    expect(stage.received('/always-401')).toHaveLength(21)
    expect(protocol.echo(await stage.call()).user).toBe('ann')
  })

  test('G11 an endpoint that always turns down, asked twenty times at once, makes no storm', async () => {
    const stage = await enter(make, protocol)
    const answers = await Promise.all(times(20, (n) => stage.call('/always-401', ownUrl(n))))
    expect(answers.every((answer) => protocol.isTurnedAway(answer))).toBe(true)
    expect(stage.server.counts.refreshes).toBe(1)
    expect(stage.received('/always-401')).toHaveLength(40)
  })

  test('G11 after the cool-down one more refresh is tried, and then the next cool-down is longer', async () => {
    const stage = await enter(make, protocol)
    const { clock, server } = stage
    await stage.call('/always-401')
    await clock.advance(1_300)
    await stage.call('/always-401')
    expect(server.counts.refreshes).toBe(2)
    await clock.advance(1_300)
    await stage.call('/always-401')
    expect(server.counts.refreshes).toBe(2)
    expect(server.counts.familiesRevoked).toBe(0)
  })

  test('G28 a network error is not taken for an expired token, and nothing is sent again', async () => {
    const stage = await enter(make, protocol)
    stage.server.orders.dropApi()
    const error = await errorOf(stage.call('/thing', { method: 'POST', body: { a: 1 } }))
    expect(error).not.toHaveProperty('code', 'session-ended')
    expect(error).not.toHaveProperty('code', 'refresh-unavailable')
    expect(stage.received()).toHaveLength(1)
    expect(stage.server.counts.refreshes).toBe(0)
  })

  test('G28 a replay whose sending fails is not sent a third time', async () => {
    const stage = await enter(make, protocol)
    const { server } = stage
    server.orders.expireNow()
    server.orders.delay(protocol.refreshPath, 5)
    const call = errorOf(stage.call('/thing', { method: 'POST', body: { a: 1 } }))
    await new Promise<void>((resolve) => {
      stage.session.on('refresh-started', () => resolve())
    })
    // Given only now, so that the replay meets it.
    server.orders.dropApi()
    const error = await call
    expect(error).not.toHaveProperty('code', 'session-ended')
    expect(stage.received('/thing').map(({ outcome }) => outcome)).toEqual([
      'turned-away',
      'dropped',
    ])
  })
}
