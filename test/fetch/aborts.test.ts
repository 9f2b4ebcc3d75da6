import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { errorOf } from '../contract/stage.js'
import { moments, never, replay } from './moments.js'
import { carriers, holdingWorld, world } from './scene.js'
import { tokenOf } from './server.js'

/** Reasons that a caller may give; what comes out is that very thing. */
const reasons: Readonly<Record<string, () => unknown>> = {
  'an error of its own': () => Object.assign(new RangeError('own'), { code: 42 }),
  'a text': () => 'the user left',
  'an object': () => ({ left: true }),
  null: () => null,
  '0': () => 0,
  'a usual AbortError': () => new DOMException('This operation was aborted', 'AbortError'),
}

/** How the signal gets there. */
const ways: Readonly<
  Record<string, (url: string, signal: AbortSignal) => Parameters<typeof fetch>>
> = {
  'in init': (url, signal) => [url, { signal }],
  'of a Request': (url, signal) => [new Request(url, { signal })],
  'in init, over a Request of another': (url, signal) => [
    new Request(url, { signal: new AbortController().signal }),
    { signal },
  ],
  'of a Request with a body': (url, signal) => [
    new Request(url, { method: 'POST', body: 'text', signal }),
  ],
  'beside a stream': (url, signal) => [
    url,
    { method: 'POST', body: new Blob(['text']).stream(), duplex: 'half', signal } as RequestInit,
  ],
}

/** Fails where it is not told at once. */
const atOnce = (promise: Promise<unknown>): Promise<unknown> =>
  Promise.race([errorOf(promise), pause(1_000, 'waits')])

for (const [carrier, options] of Object.entries(carriers)) {
  for (const [when, arrange] of [
    ...Object.entries(moments),
    ['while its replay is in flight', replay] as const,
  ]) {
    test.each(
      Object.entries(ways).filter(([way]) => arrange !== replay || !way.includes('stream')),
    )(`G12 with ${carrier}, an abort %s ends a request ${when}`, async (_way, put) => {
      const reason = new Error('enough')
      const controller = new AbortController()
      if (when === 'before it is sent') controller.abort(reason)
      const { call, after } = await arrange(put, controller, options)
      const ended = atOnce(call)
      controller.abort(reason)
      expect(await ended).toBe(reason)
      after?.()
    })
  }
}

for (const [when, arrange] of [...Object.entries(moments), ['while replayed', replay] as const]) {
  test.each(Object.entries(reasons))(
    `the reason of an abort is handed over as it is: %s, ${when}`,
    async (_what, make) => {
      const reason = make()
      const controller = new AbortController()
      if (when === 'before it is sent') controller.abort(reason)
      const put = (url: string, signal: AbortSignal): [string, RequestInit] => [url, { signal }]
      const { call } = await arrange(put, controller, {})
      const ended = atOnce(call)
      controller.abort(reason)
      expect(await ended).toBe(reason)
    },
  )
}

test('a timeout that is over is told as a TimeoutError, while held as in flight', async () => {
  const { api, url } = await holdingWorld()
  const held = await errorOf(api(url, { signal: AbortSignal.timeout(10) }))
  const { api: other, url: at } = await world(never().answer)
  const inFlight = await errorOf(other(at, { signal: AbortSignal.timeout(10) }))
  for (const error of [held, inFlight]) {
    expect(error).toBeInstanceOf(DOMException)
    expect(error).toMatchObject({ name: 'TimeoutError' })
  }
})

test('a signal that was made of others works like any', async () => {
  const { api, url, sent } = await holdingWorld()
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)])
  const call = errorOf(api(`${url}/thing`, { signal }))
  controller.abort('enough')
  expect(await call).toBe('enough')
  expect(sent('/thing')).toEqual([])
})

test('a signal of null takes that of a Request off', async () => {
  for (const options of Object.values(carriers)) {
    const { api, url, sent, open } = await holdingWorld(options)
    const controller = new AbortController()
    const call = api(new Request(`${url}/thing`, { signal: controller.signal }), { signal: null })
    controller.abort()
    await open()
    expect((await call).status).toBe(200)
    expect(sent('/thing')).toHaveLength(1)
  }
})

test('an abort after the answer makes reading its body reject, with the reason', async () => {
  for (const expired of [undefined, async (response: Response) => (await response.text()) === '']) {
    const { api, url } = await world(
      (request, response) => {
        response.setHeader('Content-Type', 'application/json')
        // Too long to be shown: expired does not wait for it.
        response.setHeader('Content-Length', 100_000).write(`{"url":"${request.url}"`)
      },
      { expired },
    )
    const controller = new AbortController()
    const answer = await api(url, { signal: controller.signal })
    const reading = errorOf(answer.text())
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await reading).toBe(reason)
  }
})

test('an abort after the answer of a replay makes reading its body reject', async () => {
  const { api, url } = await world((request, response) => {
    if (tokenOf(request) === 'first') response.writeHead(401).end()
    else response.write('begun')
  })
  const controller = new AbortController()
  const answer = await api(url, { signal: controller.signal })
  const reading = errorOf(answer.text())
  controller.abort('enough')
  expect(await reading).toBe('enough')
})

test('an abort after all is over does nothing', async () => {
  const { api, url, session } = await world()
  const controller = new AbortController()
  const answer = await api(url, { signal: controller.signal })
  const text = await answer.text()
  controller.abort()
  expect(text).toContain('second')
  expect(session.status).toBe('active')
})
