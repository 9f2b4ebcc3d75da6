import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test, vi } from 'vitest'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { world } from './scene.js'
import type { World } from './scene.js'

/** Looks into the body, however large or endless. */
const byCode: FetchSessionOptions = {
  expired: async (response) => ((await response.json()) as { code?: number }).code === 1234,
}

let shown = vi.spyOn(console, 'error')
beforeEach(() => {
  shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

/** What is larger than this is not shown. */
const limit = 65_536

const jsonOf = (length: number): string => `{"code":1234,"text":"${'x'.repeat(length - 23)}"}`

/** A server that begins, and goes on when it is told to. */
async function slow(
  begin: (response: ServerResponse) => unknown,
  options: FetchSessionOptions = byCode,
): Promise<World & { more: (text: string) => void; end: () => void }> {
  let open: ServerResponse | undefined
  const all = await world((_request, response) => {
    open = response
    begin(response)
  }, options)
  const end = (): void => {
    const { socket } = open ?? {}
    open?.end()
    // Whatever length it named.
    socket?.destroySoon()
  }
  return { ...all, more: (text) => void open?.write(text), end }
}

/** Fails where it takes the end of the body to get anything. */
const soon = <T>(promise: Promise<T>): Promise<T> =>
  Promise.race([
    promise,
    new Promise<never>((_done, fail) => {
      setTimeout(fail, 2_000, new Error('held back'))
    }),
  ])

const begins: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  'JSON of over 64 kB, in chunks': (response) => {
    response.setHeader('Content-Type', 'application/json')
    response.write(jsonOf(limit + 1))
  },
  'JSON that says that it is over 64 kB': (response) => {
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Content-Length', limit + 100)
    response.write('{"code":1234,')
  },
  'zipped JSON of over 64 kB': (response) => {
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Content-Encoding', 'gzip')
    const zipped = gzipSync(jsonOf(40 * limit))
    // Not the whole of it: what can be unzipped so far is over the limit.
    response.write(zipped.subarray(0, -40))
  },
  'an event stream': (response) => {
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8')
    response.write('data: {"code":1234}\n\n')
  },
  'an event stream with a length': (response) => {
    response.setHeader('Content-Type', 'Text/Event-Stream')
    response.setHeader('Content-Length', 100)
    response.write('data: {"code":1234}\n\n')
  },
  'lines of JSON': (response) => {
    response.setHeader('Content-Type', 'application/x-ndjson')
    response.write('{"code":1234}\n')
  },
  'lines of JSON, by their other name': (response) => {
    response.setHeader('Content-Type', 'application/jsonl; charset=utf-8')
    response.write('{"code":1234}\n')
  },
  'parts of a GraphQL answer': (response) => {
    response.setHeader('Content-Type', 'multipart/mixed; boundary="-"')
    response.write('---\r\nContent-Type: application/json\r\n\r\n{"data":{}}\r\n---')
  },
  'HTML without a length': (response) => {
    response.setHeader('Content-Type', 'text/html')
    response.write('<!doctype html>')
  },
  'a download without a type': (response) => response.write('bytes'),
}

for (const [what, begin] of Object.entries(begins)) {
  test(`${what}: the caller gets its first bytes before the server has sent the rest`, async () => {
    const { api, url, more, end, refreshes } = await slow(begin)
    const answer = await soon(api(url))
    const reader = answer.body?.getReader()
    const first = await soon(Promise.resolve(reader?.read()))
    expect(first?.value?.length).toBeGreaterThan(0)
    more('y')
    end()
    let last: { done: boolean } | undefined = first
    while (last && !last.done) last = await reader?.read().catch(() => undefined)
    expect(refreshes()).toBe(0)
    expect(shown).not.toHaveBeenCalled()
  })
}

test.each([
  ['exactly 64 kB', limit, 1],
  ['one byte over 64 kB', limit + 1, 0],
])('JSON of %s, in chunks, %#', async (_what, length, refreshes) => {
  const all = await world((_request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.write(jsonOf(length).slice(0, 10))
    setImmediate(() => response.end(jsonOf(length).slice(10)))
  }, byCode)
  expect(jsonOf(length)).toHaveLength(length)
  expect(await (await all.api(all.url)).text()).toBe(jsonOf(length))
  expect(all.refreshes()).toBe(refreshes)
  expect(shown).not.toHaveBeenCalled()
})

test('a large body is whole for the caller after expired was not shown it', async () => {
  const text = jsonOf(50 * limit)
  const { api, url } = await world((_request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.write(text.slice(0, limit))
    setImmediate(() => response.end(text.slice(limit)))
  }, byCode)
  expect(await (await api(url)).text()).toBe(text)
})

test('an expired that fails for another reason after a hidden body is not said to be broken', async () => {
  const { api, url } = await slow(begins['HTML without a length'] as never, {
    expired: async (response) => {
      const text = await response.text().catch(() => '')
      return text.includes('expired')
    },
  })
  expect((await soon(api(url))).status).toBe(200)
  expect(shown).not.toHaveBeenCalled()
})

test('nothing is read where expired does not look: an answer that never ends is handed over', async () => {
  for (const expired of [undefined, (response: Response) => response.status === 401]) {
    const { api, url } = await slow(
      (response) => {
        response.setHeader('Content-Type', 'application/json')
        response.write('{')
      },
      { expired },
    )
    const answer = await soon(api(url))
    expect((await soon(answer.body?.getReader().read() ?? Promise.reject())).done).toBe(false)
  }
})
