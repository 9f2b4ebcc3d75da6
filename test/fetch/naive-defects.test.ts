import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { Agent } from 'undici'
import { createFetch } from 'unexpired/fetch'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { startRecorder } from '../contract/recorder.js'
import { naive } from './naive.js'
import { carriers, gate, world } from './scene.js'
import type { MakeFetch } from './scene.js'
import { tokenOf } from './server.js'
import type { Answer } from './server.js'

/** Each shows what goes wrong with the fetch that everybody writes, and that ours does not do it. */
const both = async <T>(observe: (make: MakeFetch) => Promise<T>) => ({
  naive: await observe(naive),
  ours: await observe(createFetch),
})

/** Longer for ours: nobody must doubt what is said of the other. */
const patienceMs = { naive: 300, ours: 5_000 }

/** A word for how a request ended, or that it has not. */
const endOf = (call: Promise<Response>, make: MakeFetch): Promise<string> =>
  Promise.race([
    call.then(
      ({ status }) => String(status),
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    ),
    pause(make === createFetch ? patienceMs.ours : patienceMs.naive, 'waits'),
  ])

const byCode: FetchSessionOptions = {
  expired: async (response) => ((await response.json()) as { code?: number }).code === 1234,
}

test('a Request with a body can be sent a second time', async () => {
  const observe = async (make: MakeFetch) => {
    const { api, url } = await world(undefined, { make })
    return endOf(api(new Request(url, { method: 'POST', body: 'text' })), make)
  }
  expect(await both(observe)).toEqual({ naive: 'TypeError', ours: '200' })
})

test('the headers of a Request, or of Headers, are not lost', async () => {
  const observe = async (make: MakeFetch) => {
    const { api, url, server } = await world(undefined, { make })
    const headers = new Headers({ 'X-Own': 'own' })
    await api(url, { headers })
    await api(new Request(url, { headers }))
    return server.requests.map((request) => request.headers['x-own'])
  }
  expect(await both(observe)).toEqual({
    naive: [undefined, undefined, undefined],
    ours: ['own', 'own', 'own'],
  })
})

test('the caller’s own credential is not overwritten', async () => {
  const observe = async (make: MakeFetch) => {
    const { api, url, server } = await world(undefined, { make })
    await api(url, { headers: { authorization: 'Basic own' } })
    return server.requests.map(({ headers }) => headers.authorization)
  }
  expect(await both(observe)).toEqual({
    naive: ['Basic own, Bearer first'],
    ours: ['Basic own'],
  })
})

test('a stream that was sent gives its answer, not an error', async () => {
  const observe = async (make: MakeFetch) => {
    const { api, url } = await world(undefined, { make })
    const body = new Blob(['text']).stream()
    return endOf(api(url, { method: 'POST', body, duplex: 'half' } as RequestInit), make)
  }
  expect(await both(observe)).toEqual({ naive: 'TypeError', ours: '401' })
})

test('what the caller changes in a body does not reach its replay', async () => {
  const observe = async (make: MakeFetch) => {
    const body = new URLSearchParams({ a: 'given' })
    const { api, url, server } = await world(undefined, {
      make,
      refreshing: () => body.set('a', 'changed'),
    })
    await api(url, { method: 'POST', body })
    return server.requests.map((request) => request.body.toString())
  }
  expect(await both(observe)).toEqual({
    naive: ['a=given', 'a=changed'],
    ours: ['a=given', 'a=given'],
  })
})

test('an expired that reads the body does not spoil it for the caller', async () => {
  const observe = async (make: MakeFetch) => {
    const { api, url } = await world(
      (_request, response) => response.setHeader('Content-Type', 'application/json').end('{}'),
      { make, ...byCode },
    )
    const answer = await api(url)
    return answer.text().then(
      () => 'read',
      () => 'spoilt',
    )
  }
  expect(await both(observe)).toEqual({ naive: 'spoilt', ours: 'read' })
})

test('an expired that reads the body does not hold an event stream back', async () => {
  const observe = async (make: MakeFetch) => {
    const { api, url } = await world(
      (_request, response) => {
        response.setHeader('Content-Type', 'text/event-stream').write('data: 1\n\n')
      },
      { make, ...byCode },
    )
    return endOf(api(url), make)
  }
  expect(await both(observe)).toEqual({ naive: 'waits', ours: '200' })
})

test('an expired that reads JSON does not make an error of an answer that is none', async () => {
  const observe = async (make: MakeFetch) => {
    const { api, url } = await world((_request, response) => response.writeHead(204).end(), {
      make,
      ...byCode,
    })
    return endOf(api(url), make)
  }
  expect(await both(observe)).toEqual({ naive: 'SyntaxError', ours: '204' })
})

test('G39 no token goes to another site, and its 401 refreshes nothing', async () => {
  const observe = async (make: MakeFetch) => {
    const elsewhere = await startRecorder()
    const { api, refreshes } = await world(undefined, { make })
    await api(elsewhere.url)
    return [elsewhere.requests[0]?.headers.authorization !== undefined, refreshes()]
  }
  expect(await both(observe)).toEqual({ naive: [true, 1], ours: [false, 0] })
})

test('G39 no X-Token goes elsewhere by a redirect', async () => {
  const observe = async (make: MakeFetch) => {
    const elsewhere = await startRecorder()
    const { api, url } = await world(
      (_request, response) => response.writeHead(307, { Location: elsewhere.url }).end(),
      { make, ...carriers['X-Token'] },
    )
    await api(url)
    return elsewhere.requests[0]?.headers['x-token']
  }
  expect(await both(observe)).toEqual({ naive: 'first', ours: undefined })
})

test('G12 an abort ends a request that waits for a refresh', async () => {
  const observe = async (make: MakeFetch) => {
    const { wait, open, waiting } = gate()
    const { api, url } = await world(undefined, { make, refreshing: wait })
    const controller = new AbortController()
    const call = endOf(api(url, { signal: controller.signal }), make)
    while (!waiting()) await pause(1)
    controller.abort('left')
    const end = await call
    open()
    return end
  }
  expect(await both(observe)).toEqual({ naive: 'waits', ours: 'left' })
})

test('an answer that was turned away does not keep its connection', async () => {
  const endless: Answer = (request, response) => {
    const isFirst = tokenOf(request) === 'first'
    response.writeHead(isFirst ? 401 : 200).write('begun')
    if (!isFirst) response.end()
  }
  const observe = async (make: MakeFetch) => {
    const dispatcher = new Agent({ connections: 1 })
    onTestFinished(() => dispatcher.destroy())
    const { api, url } = await world(endless, { make })
    return endOf(api(url, { dispatcher } as RequestInit), make)
  }
  expect(await both(observe)).toEqual({ naive: 'waits', ours: '200' })
})

test('G2 a late 401 does not refresh again', async () => {
  const observe = async (make: MakeFetch) => {
    const { api, url, refreshes } = await world(
      (request, response) => {
        const end = (): unknown =>
          response.writeHead(tokenOf(request) === 'first' ? 401 : 200).end()
        setTimeout(end, request.url === '/late' ? 60 : 0)
      },
      { make },
    )
    const late = api(`${url}/late`)
    await api(`${url}/early`)
    return [await endOf(late, make), refreshes()]
  }
  expect(await both(observe)).toEqual({ naive: ['200', 2], ours: ['200', 1] })
})
