import { beforeEach, describe, expect, test, vi } from 'vitest'

import { deferred } from './observed.js'
import { never } from './scripted-refresh.js'
import { signedIn } from './start-session.js'
import type { Started } from './start-session.js'

// No jitter: the first pause is one second, the next two.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.5))

/** Sends a request that is answered with these, one for each attempt; tells how often it refreshed. */
async function send({ session, refresh }: Started, ...statuses: number[]): Promise<number> {
  const before = refresh.calls.length
  await session.authorize(() => Promise.resolve({ status: statuses.shift() }))
  return refresh.calls.length - before
}

/** Sends one whose replay is turned down: for so long no 401 refreshes then. */
async function expectPause(started: Started, ms: number): Promise<void> {
  expect(await send(started, 401, 401)).toBe(1)
  await started.clock.advance(ms - 1)
  expect(await send(started, 401)).toBe(0)
  await started.clock.advance(1)
}

describe('G11 after a replay was turned down, a 401 is taken as it is', () => {
  test('for a second; and for a second again, where a replay was taken since', async () => {
    const started = await signedIn()
    await expectPause(started, 1_000)
    expect(await send(started, 401, 200)).toBe(1)
    await expectPause(started, 1_000)
    expect(await send(started, 401, 200)).toBe(1)
  })

  test('for longer each time, although a replay with older tokens was taken', async () => {
    const started = await signedIn()
    const { session, clock } = started
    await expectPause(started, 1_000)
    const late = deferred<{ status: number }>()
    const answers = [Promise.resolve({ status: 401 }), late.promise]
    const sent = session.authorize(() => answers.shift() ?? never())
    await clock.advance(0)
    expect(answers).toEqual([])
    await session.refresh()
    late.resolve({ status: 200 })
    expect(await sent).toEqual({ status: 200 })
    await expectPause(started, 2_000)
  })

  test('for longer each time, although requests that need no replay go well', async () => {
    const started = await signedIn()
    await expectPause(started, 1_000)
    await started.session.refresh()
    expect(await send(started, 200)).toBe(0)
    await expectPause(started, 2_000)
  })
})
