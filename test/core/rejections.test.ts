import { expect, onTestFinished, test, vi } from 'vitest'

import { memoryStore } from 'unexpired'

import { jsonResponse, never, scriptedRefresh, tokensOf } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'
import { api, signedIn, startSession } from './start-session.js'

/** What nobody handled while a test ran. */
function unhandled(): unknown[] {
  const seen: unknown[] = []
  const listener = (reason: unknown): void => void seen.push(reason)
  process.on('unhandledRejection', listener)
  onTestFinished(() => void process.off('unhandledRejection', listener))
  return seen
}

/** Node tells of unhandled rejections after a turn of the event loop. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((done) => void setImmediate(done))
}

const rejects = (): Promise<never> => Promise.reject(new Error('rejected'))
const throws = (): never => {
  throw new Error('thrown')
}

test.each<[string, Answer]>([
  ['rejects', rejects],
  ['throws', throws],
  ['never answers', never],
  [
    'answers late',
    () => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 1)),
  ],
  ['is refused', () => jsonResponse(400, { error: 'invalid_grant' })],
  ['answers nonsense', 'nonsense'],
])('G14 an ahead-of-time refresh that %s leaves no rejection unhandled', async (_name, answer) => {
  const seen = unhandled()
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(answer, answer, answer) })
  await clock.advance(54_500)
  expect(await session.getAccessToken()).toBe('access-1')
  await clock.advance(30_000)
  await new Promise<void>((done) => void setTimeout(done, 3))
  await turns()
  expect(seen).toEqual([])
})

test('G14 a store that rejects everywhere leaves no rejection unhandled', async () => {
  const seen = unhandled()
  const store = { load: rejects, replace: rejects, exclusive: rejects, watch: throws }
  const { session, clock } = startSession({ store })
  await clock.advance(0)
  await session.signIn(tokensOf(1))
  await session.refresh()
  await session.signOut()
  await clock.advance(600_000)
  await turns()
  expect(seen).toEqual([])
})

test('G14 a store that answers after it was given up leaves no rejection unhandled', async () => {
  const seen = unhandled()
  const late: ((error: Error) => void)[] = []
  const rejectsLater = (): Promise<never> => new Promise((_, reject) => void late.push(reject))
  const { session, clock } = startSession({
    store: { load: rejectsLater, replace: rejectsLater, exclusive: rejectsLater },
  })
  await clock.advance(5_000)
  const all = [session.signIn(tokensOf(1)), session.refresh().catch(() => undefined)]
  await clock.advance(120_000)
  await Promise.all(all)
  for (const reject of late) reject(new Error('late'))
  await clock.advance(10_000)
  await turns()
  expect(late.length).toBeGreaterThan(3)
  expect(seen).toEqual([])
})

test('G14 attempts and judgements that reject reach their caller alone', async () => {
  const seen = unhandled()
  vi.spyOn(console, 'error').mockReturnValue()
  const { session } = await signedIn({ refresh: scriptedRefresh(rejects, rejects, rejects) })
  await expect(session.authorize(rejects)).rejects.toThrow('rejected')
  await expect(session.authorize(throws)).rejects.toThrow('thrown')
  await session.authorize(() => Promise.resolve(1), { expired: rejects })
  await session.authorize(() => Promise.resolve(1), { expired: throws })
  await turns()
  expect(seen).toEqual([])
})

test('G14 a request that is aborted while it waits leaves no rejection unhandled', async () => {
  const seen = unhandled()
  const { session, clock } = await signedIn({ refresh: scriptedRefresh(never, never) })
  await clock.advance(60_000)
  const controller = new AbortController()
  const asked = session.getAccessToken({ signal: controller.signal })
  controller.abort()
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  await clock.advance(60_000)
  await turns()
  expect(seen).toEqual([])
})

test('G14 closing in the middle of everything leaves no rejection unhandled', async () => {
  const seen = unhandled()
  for (const steps of [0, 1, 2, 5, 10, 20]) {
    const store = memoryStore()
    const { session, clock } = await signedIn({ store })
    const server = api(session, 'access-2')
    const all = [server.send(), session.refresh(), session.signIn(tokensOf(3)), session.signOut()]
    for (const each of all) each.catch(() => undefined)
    for (let step = 0; step < steps; step += 1) await Promise.resolve()
    session.close()
    await clock.advance(60_000)
  }
  await turns()
  expect(seen).toEqual([])
})

test('G14 ready never rejects, nor does signOut(), whatever the store does', async () => {
  for (const broken of [rejects, throws, never]) {
    const { session, clock } = startSession({ store: { load: broken, replace: broken } })
    const all = Promise.all([session.ready, session.signOut()])
    await clock.advance(20_000)
    expect(await all).toEqual([undefined, undefined])
  }
})
