import { expect, test, vi } from 'vitest'

import type { Credential, CredentialHeaders } from 'unexpired'

import { deferred, observe } from './observed.js'
import { never } from './scripted-refresh.js'
import { signedInWith, turns, unhandled } from './signing.js'

test('G12 an abort ends a request that is being signed at once, and others go on', async () => {
  const credential: Credential = ({ headers, url }) => (url === '/never' ? never() : headers)
  const { session } = await signedInWith(credential)
  const attempt = vi.fn<() => Promise<string>>().mockResolvedValue('sent')
  const controller = new AbortController()
  const { signal } = controller
  const asked = session.authorize(attempt, { request: { method: 'GET', url: '/never' }, signal })
  expect(await session.authorize(attempt)).toBe('sent')
  controller.abort(new Error('enough'))
  await expect(asked).rejects.toThrow('enough')
  expect(attempt).toHaveBeenCalledOnce()
})

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
  'G12 aborted %d turns after the credential has answered, a request is not sent any more',
  async (count) => {
    const answer = deferred<CredentialHeaders>()
    const { session } = await signedInWith(() => answer.promise)
    const controller = new AbortController()
    let sentAborted = false
    const attempt = (): Promise<string> => {
      sentAborted = controller.signal.aborted
      return Promise.resolve('sent')
    }
    const asked = observe(session.authorize(attempt, { signal: controller.signal }))
    answer.resolve({})
    for (let turn = 0; turn < count; turn += 1) await Promise.resolve()
    controller.abort()
    await turns()
    expect(sentAborted).toBe(false)
    expect(asked.state).not.toBe('pending')
  },
)

test('G12 an abort by the credential itself counts', async () => {
  const controller = new AbortController()
  const { session } = await signedInWith(({ headers }) => {
    controller.abort()
    return headers
  })
  const attempt = vi.fn<() => Promise<string>>()
  const asked = session.authorize(attempt, { signal: controller.signal })
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  expect(attempt).not.toHaveBeenCalled()
})

test('G14 whatever a credential does after an abort, no rejection is unhandled', async () => {
  const seen = unhandled()
  const late: ((error: Error) => void)[] = []
  const { session } = await signedInWith(() => new Promise((_, reject) => void late.push(reject)))
  const controller = new AbortController()
  const asked = observe(session.authorize(never, { signal: controller.signal }))
  controller.abort()
  await turns()
  expect(asked.state).toBe('rejected')
  for (const reject of late) reject(new Error('late'))
  await turns()
  expect(late).toHaveLength(1)
  expect(seen).toEqual([])
})
