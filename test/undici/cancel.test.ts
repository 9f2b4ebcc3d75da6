import { EventEmitter } from 'node:events'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { errors, request } from 'undici'
import type { Dispatcher } from 'undici'
import { breathe, errorOf, until } from '../contract/stage.js'
import { fetches } from './fetch-client.js'
import { recording } from './handler.js'
import { ask, sayHello, scene, serve, turningAway } from './scene.js'
import type { Scene } from './scene.js'

/** Where a request waits when it is aborted: before it is sent, or after it was turned away. */
const waits: Readonly<Record<string, { sent: number; bring(scene: Scene): Promise<void> }>> = {
  'is held': { sent: 0, bring: ({ expire }) => expire() },
  'was turned away and waits': { sent: 1, bring: () => Promise.resolve() },
}

const get = (origin: string): Dispatcher.DispatchOptions => ({ origin, path: '/', method: 'GET' })

for (const [where, { sent, bring }] of Object.entries(waits)) {
  async function waiting(origin: string, send: (api: Dispatcher) => unknown): Promise<Scene> {
    const stage = await scene(origin, { hold: true })
    await bring(stage)
    send(stage.api)
    await until(() => stage.refreshes() === 1)
    await breathe()
    return stage
  }

  async function expectNoMore({ session, release }: Scene, asked: readonly string[]) {
    expect(session.status).toBe('refreshing')
    expect(session.explain().some(({ type }) => type === 'released')).toBe(true)
    release()
    await until(() => session.status === 'active')
    await breathe()
    expect(asked).toHaveLength(sent)
  }

  test(`G12 the reason of a signal ends a request that ${where}`, async () => {
    const { origin, asked } = await serve(turningAway(sayHello))
    const controller = new AbortController()
    let answer: Promise<unknown> | undefined
    const stage = await waiting(origin, (dispatcher) => {
      answer = errorOf(ask(origin, { dispatcher, signal: controller.signal }))
    })
    const reason = new Error('the user left')
    controller.abort(reason)
    expect(await answer).toBe(reason)
    await expectNoMore(stage, asked)
  })

  test(`G12 an event emitter for a signal ends a request that ${where}, with undici's own error`, async () => {
    const { origin, asked } = await serve(turningAway(sayHello))
    const signal = new EventEmitter()
    let answer: Promise<unknown> | undefined
    const stage = await waiting(origin, (dispatcher) => {
      answer = errorOf(ask(origin, { dispatcher, signal }))
    })
    signal.emit('abort')
    expect(await answer).toBeInstanceOf(errors.RequestAbortedError)
    await expectNoMore(stage, asked)
  })

  test(`G12 the controller of its handler ends a request that ${where}, before abort returns`, async () => {
    const { origin, asked } = await serve(turningAway(sayHello))
    const handler = recording()
    const stage = await waiting(origin, (api) => api.dispatch(get(origin), handler))
    const [controller] = handler.controllers
    // As JavaScript may have it.
    controller?.abort(undefined as never)
    expect(handler.errors).toHaveLength(1)
    const [error] = handler.errors
    expect(error).toBeInstanceOf(errors.RequestAbortedError)
    expect(error).toBeInstanceOf(errors.UndiciError)
    expect(error).toMatchObject({ name: 'AbortError', code: 'UND_ERR_ABORTED' })
    expect(controller).toMatchObject({ aborted: true, reason: error })
    controller?.abort(new Error('again'))
    expect(controller?.reason).toBe(error)
    await expectNoMore(stage, asked)
    expect(handler.told).toEqual(['start', 'error Request aborted'])
  })

  for (const [name, fetch] of Object.entries(fetches)) {
    test(`G12 the signal of a fetch (${name}) ends a request that ${where}`, async () => {
      const { origin, asked } = await serve(turningAway(sayHello))
      const controller = new AbortController()
      let answer: Promise<unknown> | undefined
      const stage = await waiting(origin, (dispatcher) => {
        answer = errorOf(fetch(origin, { dispatcher, signal: controller.signal }))
      })
      controller.abort()
      expect(await answer).toMatchObject({ name: 'AbortError' })
      await expectNoMore(stage, asked)
    })
  }
}

test('G12 a handler that aborts as soon as it is told of its request sends nothing', async () => {
  const { origin, asked } = await serve(sayHello)
  const reason = new Error('not today')
  const { api, expire, release } = await scene(origin, { hold: true })
  const live = recording({ onRequestStart: (controller) => controller.abort(reason) })
  api.dispatch(get(origin), live)
  await live.ended
  await expire()
  const held = recording({ onRequestStart: (controller) => controller.abort(reason) })
  api.dispatch(get(origin), held)
  release()
  await breathe()
  expect(live.told).toEqual(['start', 'error not today'])
  expect(held.told).toEqual(['start', 'error not today'])
  expect(asked).toEqual([])
})

test('G12 a request whose signal is aborted already starts no refresh', async () => {
  const { origin, asked } = await serve(sayHello)
  const { api, expire, refreshes } = await scene(origin)
  await expire()
  const reason = new Error('never mind')
  const signal = AbortSignal.abort(reason)
  expect(await errorOf(ask(origin, { dispatcher: api, signal }))).toBe(reason)
  await breathe()
  expect(refreshes()).toBe(0)
  expect(asked).toEqual([])
})

test('G12 a request that was held, and waits for a free connection, ends at once and is not sent', async () => {
  let finish = (): void => undefined
  const { origin, asked } = await serve((incoming, response) => {
    if (incoming.url === '/busy') finish = () => void response.end()
    else sayHello(incoming, response)
  })
  const stage = await scene(origin, { hold: true, agent: { connections: 1 } })
  const busy = ask(`${origin}/busy`, { dispatcher: stage.api, session: false })
  await stage.expire()
  const controller = new AbortController()
  const answer = errorOf(ask(origin, { dispatcher: stage.api, signal: controller.signal }))
  stage.release()
  await until(() => stage.session.status === 'active')
  await breathe()
  controller.abort(new Error('the user left'))
  expect(await answer).toMatchObject({ message: 'the user left' })
  finish()
  await busy
  expect(await ask(origin, { dispatcher: stage.api })).toMatchObject({ status: 200 })
  expect(asked).toEqual(['/busy nobody', '/ second'])
})

test('aborting an answer that is being handed over ends it, and nothing more is heard of it', async () => {
  const { origin } = await serve((_, response) => {
    response.writeHead(401).write('a')
    setImmediate(() => response.end('b'))
  })
  const { api } = await scene(origin)
  const handler = recording({
    onResponseData: (controller) => controller.abort(new Error('enough')),
  })
  api.dispatch({ ...get(origin), session: { replay: false } }, handler)
  await handler.ended
  await breathe()
  expect(handler.told).toEqual(['start', 'head 401 Unauthorized', 'data a', 'error enough'])
})

test('interceptors inside are told why an answer was aborted that the caller was reading', async () => {
  const { origin } = await serve((_, response) => response.write('a'))
  const inner = recording()
  const { api } = await scene(origin, {
    inside: [
      (dispatch) => (options, handler) =>
        dispatch(options, {
          onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
          onResponseStart: (...head) => handler.onResponseStart?.(...head),
          onResponseData: (...data) => handler.onResponseData?.(...data),
          onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
          onResponseError(controller, error) {
            inner.onResponseError?.(controller, error)
            handler.onResponseError?.(controller, error)
          },
        }),
    ],
  })
  const reason = new Error('enough')
  const handler = recording({ onResponseData: (controller) => controller.abort(reason) })
  api.dispatch(get(origin), handler)
  await handler.ended
  expect(inner.errors).toEqual([reason])
  expect(handler.errors).toEqual([reason])
})

test('aborting after the end changes nothing', async () => {
  const { origin } = await serve(turningAway(sayHello))
  const { api } = await scene(origin)
  const handler = recording()
  api.dispatch(get(origin), handler)
  await handler.ended
  for (const controller of handler.controllers) controller?.abort(new Error('late'))
  await breathe()
  expect(handler.told.at(-1)).toBe('end {}')
})

test('a stream that was to be sent is destroyed when its request ends before', async () => {
  const { origin, asked } = await serve(sayHello)
  const { api, session, expire } = await scene(origin, { hold: true })
  await expire()
  const bodies = ['a', 'b'].map((text) => Readable.from([text]))
  const [first, second] = bodies
  const handler = recording()
  api.dispatch({ ...get(origin), method: 'POST', body: first as Readable }, handler)
  const answer = errorOf(
    request(origin, { dispatcher: api, method: 'POST', body: second as Readable }),
  )
  await session.signOut()
  expect(await answer).toMatchObject({ code: 'session-ended' })
  await handler.ended
  expect(bodies.map(({ destroyed }) => destroyed)).toEqual([true, true])
  expect(asked).toEqual([])
})

test('a stream that breaks while its request is held ends the request, and not the process', async () => {
  const { origin, asked } = await serve(sayHello)
  const { api, expire, release } = await scene(origin, { hold: true })
  await expire()
  const body = createReadStream('/does/not/exist')
  const handler = recording()
  api.dispatch({ ...get(origin), method: 'POST', body }, handler)
  await handler.ended
  expect(handler.errors).toMatchObject([{ code: 'ENOENT' }])
  release()
  await breathe()
  expect(asked).toEqual([])
})

test('a stream that was held and is sent has the listeners that undici gives it, and no more', async () => {
  const { origin } = await serve((incoming, response) => incoming.pipe(response))
  const stage = await scene(origin, { hold: true })
  const free = Readable.from([Buffer.from('streamed')])
  await ask(origin, { dispatcher: stage.api, method: 'POST', body: free, session: false })
  await stage.expire()
  const body = Readable.from([Buffer.from('streamed')])
  const answer = ask(origin, { dispatcher: stage.api, method: 'POST', body })
  expect(body.listenerCount('error')).toBe(1)
  stage.release()
  expect(await answer).toEqual({ status: 200, text: 'streamed' })
  expect(body.listenerCount('error')).toBe(free.listenerCount('error'))
})
