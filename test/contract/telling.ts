import { expect, test } from 'vitest'
import type { SentEvent, SettledEvent } from 'unexpired'
import { portOf } from '../../src/core/port.js'
import { enter, outcome, until } from './stage.js'
import type { Stage } from './stage.js'
import type { Suite } from './suite.js'

function listen({ session }: Stage): (SentEvent | SettledEvent)[] {
  const told: (SentEvent | SettledEvent)[] = []
  session.on('sent', (event) => void told.push(event))
  session.on('settled', (event) => void told.push(event))
  return told
}

export function telling({ make, protocol }: Suite): void {
  const path = `${protocol.api}/thing`

  test('G40 what is told of a request is its method and its path, and no query', async () => {
    const stage = await enter(make, protocol)
    const told = listen(stage)
    await stage.call('/thing?key=secret', { method: 'POST', body: { a: 1 } })
    expect(told).toMatchObject([
      { type: 'sent', attempt: 1, generation: 1, method: 'POST', path },
      { type: 'settled', outcome: 'answered' },
    ])
    expect(JSON.stringify(told)).not.toContain('secret')
  })

  test('a request that is sent twice is told of twice, with the generation of each, and settled once', async () => {
    const stage = await enter(make, protocol)
    const told = listen(stage)
    stage.server.orders.expireNow()
    await stage.call('/thing')
    const [first] = told
    const { requestId } = first ?? {}
    expect(told).toMatchObject([
      { type: 'sent', requestId, attempt: 1, generation: 1, path },
      { type: 'sent', requestId, attempt: 2, generation: 2, path },
      { type: 'settled', requestId, outcome: 'answered' },
    ])
  })

  test('a response that says that something went wrong is an answer', async () => {
    const stage = await enter(make, protocol)
    const told = listen(stage)
    stage.server.orders.failApi({ status: 404 })
    await outcome(stage.call('/thing'))
    expect(told[1]).toMatchObject({ type: 'settled', outcome: 'answered' })
  })

  test('one that is aborted in flight is told of as aborted, and keeps the session busy no more', async () => {
    const stage = await enter(make, protocol)
    const told = listen(stage)
    const controller = new AbortController()
    const aborted = outcome(stage.call('/never', { signal: controller.signal }))
    await until(() => stage.received().length === 1)
    controller.abort()
    await aborted
    await until(() => told.length === 2)
    expect(told[1]).toMatchObject({ type: 'settled', outcome: 'aborted' })
    expect(portOf(stage.session, 'test').activity()).toBe('idle')
  })
}
