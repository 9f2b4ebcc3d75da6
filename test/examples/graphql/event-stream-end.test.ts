import { getEventListeners } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { errorOf, outcome, until } from '../../contract/stage.js'
import { openEvents, url } from './event-page.js'
import { signInAt } from './stage.js'

test.each([
  ['signed-out', 'ada signs out'],
  ['replaced', 'grace signs in'],
] as const)('an open event stream ends with the session (%s) when %s', async (reason, _how) => {
  const { server, next, session } = await openEvents()
  server.emit('one')
  expect(await next()).toBe('one')
  const waiting = errorOf(next())
  if (reason === 'replaced') await session.signIn(await signInAt(server, 'grace'))
  else await session.signOut()
  server.emit('two')
  expect(await waiting).toMatchObject({ code: 'session-ended', reason })
  await until(() => server.open() === 0)
  expect(await next()).toBeUndefined()
  expect(server.requests).toEqual([{ user: 'ada', lastId: undefined, status: 200 }])
})

test('what had arrived for one user is not handed over in the session of another', async () => {
  const { server, next, session } = await openEvents()
  for (const data of ['one', 'two', 'three']) server.emit(data)
  expect(await next()).toBe('one')
  await session.signIn(await signInAt(server, 'grace'))
  expect(await errorOf(next())).toMatchObject({ code: 'session-ended', reason: 'replaced' })
})

test('an event stream never comes back as somebody else', async () => {
  const { server, next, session, events, controller } = await openEvents({ retryMs: 60_000 })
  server.emit('one')
  await next()
  server.end()
  const waiting = errorOf(next())
  await until(() => server.open() === 0)
  await session.signIn(await signInAt(server, 'grace'))
  expect(await waiting).toMatchObject({ code: 'session-ended', reason: 'replaced' })
  expect((await events(url, controller.signal).next()).value?.data).toBe('one')
  expect(server.requests).toEqual([
    { user: 'ada', lastId: undefined, status: 200 },
    { user: 'grace', lastId: undefined, status: 200 },
  ])
})

test('an event stream that is aborted before it is read to its end does not wait', async () => {
  const { server, next, controller } = await openEvents({ retryMs: 60_000 })
  server.emit('one')
  await next()
  server.end()
  await until(() => server.open() === 0)
  await new Promise((wake) => setTimeout(wake, 5))
  controller.abort()
  expect(await errorOf(next())).toBe(controller.signal.reason)
})

test.each(['the pause is over', 'it is aborted'])(
  'nothing is left of the pause when %s',
  async (how) => {
    const isOver = how === 'the pause is over'
    const pauseMs = isOver ? 2 : 61_234
    const started = vi.spyOn(globalThis, 'setTimeout')
    const cleared = vi.spyOn(globalThis, 'clearTimeout')
    const any = vi.spyOn(AbortSignal, 'any')
    onTestFinished(() => void vi.restoreAllMocks())
    const { server, next, controller } = await openEvents({ retryMs: pauseMs })
    server.emit('one')
    await next()
    const signal = any.mock.results[0]?.value as AbortSignal
    const listened = vi.spyOn(signal, 'addEventListener')
    server.end()
    const two = outcome(next())
    await until(() => started.mock.calls.some(([, ms]) => ms === pauseMs))
    const pause = started.mock.calls.findIndex(([, ms]) => ms === pauseMs)
    const listener = listened.mock.calls[0]?.[1]
    expect(listener).toBeTypeOf('function')
    if (isOver) {
      await until(() => server.requests.length === 2)
      server.emit('two')
      expect((await two).value).toBe('two')
    } else {
      expect(getEventListeners(signal, 'abort')).toContain(listener)
      controller.abort()
      expect((await two).error).toBe(controller.signal.reason)
      expect(cleared.mock.calls).toContainEqual([started.mock.results[pause]?.value])
    }
    expect(getEventListeners(signal, 'abort')).not.toContain(listener)
  },
)
