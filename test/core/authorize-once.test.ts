import { describe, expect, test, vi } from 'vitest'

import type { StoredSession } from 'unexpired'

import { portOf } from '../../src/core/port.js'
import { deferred, observe } from './observed.js'
import { tokensOf } from './scripted-refresh.js'
import { startWith } from './signing.js'
import { signedIn } from './start-session.js'

test('G12 a request that its caller gave up is not replayed, and nothing is refreshed for it', async () => {
  const { session, refresh } = await signedIn()
  const controller = new AbortController()
  const reason = new Error('given up')
  const sent = session.authorize(
    () => {
      controller.abort(reason)
      return Promise.resolve({ status: 401 })
    },
    { signal: controller.signal },
  )
  await expect(sent).rejects.toBe(reason)
  expect(refresh.calls).toHaveLength(0)
})

describe('an answer that is not for the caller', () => {
  /** What was done, in order, with a request that is turned away. */
  async function doings(replayable: boolean | undefined): Promise<string[]> {
    const { session } = await signedIn()
    const done: string[] = []
    const port = portOf(session, 'a test')
    await port.authorize(port.claim(), {
      attempt() {
        done.push('sent')
        return Promise.resolve({ status: done.length > 1 ? 200 : 401 })
      },
      setAside: () => void done.push('set aside'),
      replayable,
    })
    return done
  }

  test.each([undefined, true])('is set aside before the replay (replayable: %s)', async (how) => {
    expect(await doings(how)).toEqual(['sent', 'set aside', 'sent'])
  })

  test('is not, where it is handed over as there is no replay', async () => {
    expect(await doings(false)).toEqual(['sent'])
  })
})

test('a credential is not asked for a request that goes without a token', async () => {
  const found = deferred<StoredSession | undefined>()
  let asked = 0
  const credential = () => {
    asked += 1
    return { 'X-Signature': 'signed' }
  }
  const store = { load: () => found.promise, replace: () => true }
  const { session } = startWith(credential, { store })
  const send = () => session.authorize((lease, headers) => Promise.resolve({ lease, headers }))
  const held = send()
  found.resolve(undefined)
  expect(await held).toMatchObject({ lease: { accessToken: undefined }, headers: {} })
  expect(asked).toBe(0)
  await session.signIn(tokensOf(1))
  expect(await send()).toMatchObject({ headers: { 'X-Signature': 'signed' } })
  expect(asked).toBe(1)
})

test.each([
  ['undefined', undefined],
  ['null', null],
])('%s is an answer, and no reason to fail, or to refresh', async (_name, nothing) => {
  const shown = vi.spyOn(console, 'error').mockReturnValue()
  const { session, clock, refresh } = await signedIn()
  expect(await session.authorize(() => Promise.resolve(nothing))).toBe(nothing)
  const failed = observe(session.authorize(() => Promise.reject(nothing)))
  await clock.advance(0)
  expect(failed).toMatchObject({ state: 'rejected', error: nothing })
  expect(shown).not.toHaveBeenCalled()
  expect(refresh.calls).toEqual([])
})
