import type { ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { breathe, until } from '../contract/stage.js'
import { recording } from './handler.js'
import { scene, serve, turningAway } from './scene.js'

type Controller = Dispatcher.DispatchController

const chunk = Buffer.alloc(256 * 1024, 'y')
const chunks = 64

/** Writes as long as it is taken, up to many times what buffers on the way can hold. */
function pour(response: ServerResponse): () => number {
  let count = 0
  function go(): void {
    while (count < chunks) {
      count += 1
      if (!response.write(chunk)) {
        response.once('drain', go)
        return
      }
    }
    response.end()
  }
  go()
  return () => count
}

/** Until the sender has stopped, because nobody takes more. */
async function untilItStops(written: () => number): Promise<number> {
  let before = -1
  while (before !== written()) {
    before = written()
    await breathe(15)
  }
  return before
}

type Moment = 'onRequestStart' | 'onResponseStart' | 'onResponseData'

/** A handler that counts, and pauses its answer once. */
function counting(pauseIn?: Moment) {
  let paused: Controller | undefined
  let bytes = 0
  const told: string[] = []
  function note(moment: Moment | 'onResponseEnd', controller: Controller): void {
    if (told.at(-1) !== moment) told.push(moment)
    if (paused || moment !== pauseIn) return
    paused = controller
    controller.pause()
  }
  const handler = recording({
    onRequestStart: (controller) => note('onRequestStart', controller),
    onResponseStart: (controller) => note('onResponseStart', controller),
    onResponseData(controller, { length }) {
      bytes += length
      // It would be much to keep.
      handler.told.length = 0
      note('onResponseData', controller)
    },
    onResponseEnd: (controller) => note('onResponseEnd', controller),
  })
  return { handler, told, bytes: () => bytes, resume: () => paused?.resume() }
}

const soFar: Readonly<Record<Moment, Moment[]>> = {
  onRequestStart: ['onRequestStart', 'onResponseStart'],
  onResponseStart: ['onRequestStart', 'onResponseStart'],
  onResponseData: ['onRequestStart', 'onResponseStart', 'onResponseData'],
}

const moments = Object.keys(soFar) as Moment[]

const answers: Readonly<Record<string, { status: number; session?: { replay: false } }>> = {
  'goes straight through': { status: 200 },
  'was kept back': { status: 401, session: { replay: false } },
  'came to the replay': { status: 202 },
  'turned the request down again': { status: 401 },
}

for (const [what, { status, session }] of Object.entries(answers)) {
  test.each(moments)(
    `an answer that ${what} waits while its handler has paused it in %s`,
    async (moment) => {
      let written = (): number => 0
      const say = (response: ServerResponse): void => {
        response.statusCode = status
        written = pour(response)
      }
      const { origin } = await serve(
        status === 202
          ? turningAway((_, response) => say(response))
          : (_, response) => say(response),
      )
      const { api } = await scene(origin)
      const { handler, told, bytes, resume } = counting(moment)
      api.dispatch({ origin, path: '/', method: 'GET', ...(session ? { session } : {}) }, handler)
      await until(() => told.includes('onResponseStart'))
      expect(await untilItStops(() => written())).toBeLessThan(chunks)
      expect(told).toEqual(soFar[moment])
      resume()
      await handler.ended
      expect(bytes()).toBe(chunks * chunk.length)
    },
  )
}

test('a handler may pause and resume as it likes, also from within', async () => {
  const { origin } = await serve((_, response) => {
    response.writeHead(401)
    for (let part = 0; part < 50; part += 1) response.write(`${part} `)
    response.end()
  })
  const { api } = await scene(origin)
  let isInside = false
  let isReentered = false
  const handler = recording({
    onResponseData(controller) {
      isReentered ||= isInside
      isInside = true
      controller.pause()
      controller.pause()
      if (handler.told.length % 2) controller.resume()
      else setImmediate(() => controller.resume())
      isInside = false
    },
  })
  api.dispatch({ origin, path: '/', method: 'GET', session: { replay: false } }, handler)
  await handler.ended
  const text = handler.told.filter((line) => line.startsWith('data')).map((line) => line.slice(5))
  expect(text.join('')).toBe(Array.from({ length: 50 }, (_, part) => `${part} `).join(''))
  expect(handler.told.at(-1)).toBe('end {}')
  expect(isReentered).toBe(false)
})

test('of a long answer that waits for the refresh, no more is kept than a little', async () => {
  let written = (): number => 0
  const { origin } = await serve((_, response) => {
    response.statusCode = 401
    written = pour(response)
  })
  const { api, refreshes, release } = await scene(origin, { hold: true })
  const { handler, told, bytes } = counting()
  api.dispatch({ origin, path: '/', method: 'GET', session: { replay: false } }, handler)
  await until(() => refreshes() === 1)
  expect(await untilItStops(() => written())).toBeLessThan(chunks)
  expect(told).toEqual(['onRequestStart'])
  release()
  await handler.ended
  expect(bytes()).toBe(chunks * chunk.length)
})
