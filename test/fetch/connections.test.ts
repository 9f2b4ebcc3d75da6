import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { Agent } from 'undici'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { errorOf } from '../contract/stage.js'
import { carriers, gate, world } from './scene.js'
import { tokenOf } from './server.js'
import type { Answer } from './server.js'

/** More than any buffer between here and there: unread, it keeps its connection. */
const much = 'x'.repeat(4_000_000)

/** A turned-away answer that would take its connection with it. */
const large: Answer = (request, response) => {
  const isFirst = tokenOf(request) === 'first'
  response.setHeader('Content-Type', 'application/json')
  response.writeHead(isFirst ? 401 : 200).end(isFirst ? `"${much}"` : '{}')
}

/** One that never ends. */
const endless: Answer = (request, response) => {
  const isFirst = tokenOf(request) === 'first'
  response.writeHead(isFirst ? 401 : 200)
  if (isFirst) response.write('begun')
  else response.end('{}')
}

/** A fetch with so many connections to each server. */
function pool(connections: number): typeof fetch {
  const dispatcher = new Agent({ connections, pipelining: 1 })
  onTestFinished(() => dispatcher.destroy())
  return (input, init) => fetch(input, { ...init, dispatcher } as RequestInit)
}

const looks: Readonly<Record<string, FetchSessionOptions>> = {
  'expired does not look into': {},
  'expired reads': {
    expired: async (response) => {
      await response.text().catch(() => undefined)
      return response.status === 401
    },
  },
  'expired begins to read': {
    expired: (response) => {
      const reader = response.body?.getReader()
      void reader?.read().catch(() => undefined)
      return response.status === 401
    },
  },
}

for (const [carrier, how] of Object.entries(carriers)) {
  for (const [looked, options] of Object.entries(looks)) {
    test.each(Object.entries({ large, endless }))(
      `with ${carrier}, an answer that was turned away and that ${looked} keeps no connection (%s)`,
      async (_what, answer) => {
        const { api, url } = await world(answer, { ...how, ...options, fetch: pool(1) })
        const signal = AbortSignal.timeout(3_000)
        expect((await api(url, { signal })).status).toBe(200)
        expect((await api(url, { signal })).status).toBe(200)
      },
    )
  }
}

test('an answer that was turned away keeps no connection where the refresh is unavailable', async () => {
  const { api, url } = await world(endless, {
    refreshing: () => Promise.reject(new Error('no route')),
    session: { refreshTimeoutMs: 50 },
    fetch: pool(1),
  })
  expect(await errorOf(api(url))).toMatchObject({ code: 'refresh-unavailable' })
  const signal = AbortSignal.timeout(3_000)
  expect((await api(url, { session: false, signal })).status).toBe(200)
})

test('an answer that was turned away keeps no connection where its request is aborted meanwhile', async () => {
  const { wait, open, waiting } = gate()
  const { api, url } = await world(endless, { refreshing: wait, fetch: pool(1) })
  const controller = new AbortController()
  const call = errorOf(api(url, { signal: controller.signal }))
  while (!waiting()) await pause(1)
  controller.abort('enough')
  expect(await call).toBe('enough')
  const signal = AbortSignal.timeout(3_000)
  expect((await api(url, { session: false, signal })).status).toBe(200)
  open()
})

test('a redirect that is followed by hand keeps no connection', async () => {
  const { api, url, server } = await world(
    (request, response) => {
      if (request.url !== '/from') response.end('to')
      else response.writeHead(307, { Location: '/to' }).write(much)
    },
    { ...carriers['X-Token'], fetch: pool(1) },
  )
  const signal = AbortSignal.timeout(3_000)
  expect(await (await api(`${url}/from`, { signal })).text()).toBe('to')
  expect(server.requests.map((request) => request.url)).toEqual(['/from', '/to'])
})

test('small answers that were turned away leave the connection as it is', async () => {
  const { api, url, server } = await world(undefined, { fetch: pool(1) })
  for (let count = 0; count < 3; count += 1) expect((await api(url)).status).toBe(200)
  expect(server.requests).toHaveLength(4)
  expect(server.connections()).toBe(1)
})

/** Collects garbage, which takes a flag. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
}

const chunk = `"${'x'.repeat(999_998)}"`
const chunks = 60

/** Says that it is JSON, and is long. */
const long: Answer = (_request, response) => {
  response.setHeader('Content-Type', 'application/json')
  let left = chunks
  const more = (): void => {
    while (left > 0) {
      left -= 1
      if (!response.write(chunk)) {
        response.once('drain', more)
        return
      }
    }
    response.end()
  }
  more()
}

/** How many bytes are kept of a body that has been read nearly to its end. */
async function keptOf(answer: Response): Promise<number> {
  collectGarbage()
  const { arrayBuffers: before } = process.memoryUsage()
  const reader = answer.body?.getReader()
  let length = 0
  while (length < (chunks - 2) * chunk.length) {
    length += (await reader?.read())?.value?.length ?? Number.NaN
  }
  collectGarbage()
  const { arrayBuffers: after } = process.memoryUsage()
  // Of two halves of a stream, either waits for the other.
  void reader?.cancel()
  return after - before
}

test('a large body that expired was not shown is kept by nobody while the caller reads it', async () => {
  const expired: FetchSessionOptions['expired'] = async (response) =>
    ((await response.json()) as { code: number }).code === 1234
  const { api, url } = await world(long, { expired })
  const answer = await fetch(url)
  // As everybody looks into an answer without spoiling it.
  const reader = answer.clone().body?.getReader()
  await reader?.read()
  const naive = await keptOf(answer)
  void reader?.cancel()
  const ours = await keptOf(await api(url))
  expect(naive).toBeGreaterThan((chunks / 2) * chunk.length)
  // What the platform has read ahead is not ours to say.
  expect(ours).toBeLessThan(naive / 2)
})
