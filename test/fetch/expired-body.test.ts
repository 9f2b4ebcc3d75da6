import { Buffer } from 'node:buffer'
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { tokenOf } from './server.js'
import type { Answer } from './server.js'
import { scene, world, xToken } from './scene.js'

type Expired = NonNullable<FetchSessionOptions['expired']>

const codeOf = (text: string): unknown => (JSON.parse(text) as { code?: unknown } | null)?.code

async function streamed({ body }: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    text += decoder.decode(part.value, { stream: true })
  }
  return text
}

/** Ways to read a body, all of which are the same to the caller. */
const readings: Readonly<Record<string, (response: Response) => Promise<string>>> = {
  'json()': async (response) => JSON.stringify(await response.json()),
  'text()': (response) => response.text(),
  'arrayBuffer()': async (response) => new TextDecoder().decode(await response.arrayBuffer()),
  'blob()': async (response) => (await response.blob()).text(),
  'its stream': streamed,
  'clone().text()': (response) => response.clone().text(),
  'clone() and then itself': async (response) => {
    const [first, second] = await Promise.all([response.clone().text(), response.text()])
    return first === second ? first : 'not the same'
  },
}

const told = (token: string | undefined): string =>
  JSON.stringify({ code: token === 'first' ? 1234 : 0, text: 'Ünï cödé', more: 'x'.repeat(5_000) })

type Send = (response: ServerResponse, text: string) => unknown

/** Ways in which a body comes. */
const sendings: Readonly<Record<string, Send>> = {
  'JSON with its length': (response, text) => {
    response.setHeader('Content-Length', Buffer.byteLength(text))
    response.setHeader('Content-Type', 'application/json').end(text)
  },
  'JSON in chunks': (response, text) => {
    response.setHeader('Content-Type', 'application/problem+json; charset=utf-8')
    for (let at = 0; at < text.length; at += 700) response.write(text.slice(at, at + 700))
    response.end()
  },
  'JSON, zipped': (response, text) => {
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Content-Encoding', 'gzip').end(gzipSync(text))
  },
  'JSON, zipped, in chunks': (response, text) => {
    const zipped = gzipSync(text)
    response.setHeader('Content-Type', 'Text/JSON')
    response.setHeader('Content-Encoding', 'gzip')
    response.write(zipped.subarray(0, 20))
    setImmediate(() => response.end(zipped.subarray(20)))
  },
  'short text with its length': (response, text) => {
    response.setHeader('Content-Length', Buffer.byteLength(text))
    response.setHeader('Content-Type', 'text/plain').end(text)
  },
  'a short body without a type': (response, text) => {
    response.setHeader('Content-Length', Buffer.byteLength(text)).end(text)
  },
}

const answers =
  (send: Send): Answer =>
  (request, response) =>
    send(response, told(tokenOf(request)))

for (const [how, send] of Object.entries(sendings)) {
  test.each(Object.entries(readings))(
    `${how} may be read with %s, and the caller reads it again, whole`,
    async (_reading, read) => {
      const expired: Expired = async (response) => codeOf(await read(response)) === 1234
      const { api, url, server, refreshes } = await world(answers(send), { expired })
      expect(await (await api(url)).text()).toBe(told('second'))
      expect(server.requests.map(tokenOf)).toEqual(['first', 'second'])
      expect(refreshes()).toBe(1)
    },
  )

  test.each(Object.entries(readings))(
    `the caller may read ${how} with %s after expired has`,
    async (_reading, read) => {
      const expired: Expired = async (response) => codeOf(await response.text()) === 1234
      const { api, url } = await world(answers(send), { expired })
      const answer = await api(url)
      expect(answer).toBeInstanceOf(Response)
      expect(answer.bodyUsed).toBe(false)
      expect(await read(answer)).toBe(told('second'))
    },
  )
}

test('what expired left half read is whole for the caller', async () => {
  const expired: Expired = async ({ body }) => {
    const part = await body?.getReader().read()
    return new TextDecoder().decode(part?.value).includes('"code":1234')
  }
  const { api, url, refreshes } = await world(answers(sendings['JSON in chunks'] as Send), {
    expired,
  })
  expect(await (await api(url)).text()).toBe(told('second'))
  expect(refreshes()).toBe(1)
})

test('the first answer of a request that cannot be replayed is whole after expired has read it', async () => {
  const expired: Expired = async (response) => codeOf(await response.text()) === 1234
  const { api, url } = await world(answers(sendings['JSON in chunks'] as Send), { expired })
  const answer = await api(url, { session: { replay: false } })
  expect(await answer.text()).toBe(told('first'))
})

test('the answer of a refused session is whole after expired has read it', async () => {
  const { api, at, server } = await scene({ protocol: xToken })
  server.orders.refuseRefresh()
  server.orders.expireNow()
  const error: unknown = await api(at('/thing')).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'session-ended', reason: 'refused' })
  const { response } = error as { response: Response }
  expect(await response.json()).toMatchObject({ code: 1234 })
})

test('an answer of a status and a GraphQL error are told from one another', async () => {
  const expired: Expired = async (response) => {
    const { errors } = (await response.json()) as {
      errors?: { extensions?: { code?: string } }[]
    }
    return errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ?? false
  }
  const { api, url, refreshes } = await world(
    (request, response) => {
      response.setHeader('Content-Type', 'application/graphql-response+json')
      const code = tokenOf(request) === 'first' ? 'UNAUTHENTICATED' : 'FORBIDDEN'
      response.end(JSON.stringify({ errors: [{ message: 'no', extensions: { code } }] }))
    },
    { expired },
  )
  const answer = await api(url, { method: 'POST', body: '{"query":"{me}"}' })
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  expect(refreshes()).toBe(1)
})

test('expired sees of a response all but a body that is not to be waited for', async () => {
  const seen: unknown[] = []
  const { api, url } = await world(
    (request, response) => {
      if (request.url === '/from') response.writeHead(302, { Location: '/to?a=1' }).end()
      else {
        response.setHeader('X-Expired', 'yes')
        response.setHeader('Content-Type', 'application/json')
        response.writeHead(418, 'I am a teapot').end('{}')
      }
    },
    {
      expired: (response) => {
        const { status, statusText, ok, url: at, redirected, type, bodyUsed, headers } = response
        const isResponse = response instanceof Response
        const more = { bodyUsed, isResponse, expired: headers.get('x-expired') }
        seen.push({ status, statusText, ok, at, redirected, type, ...more })
        return false
      },
    },
  )
  const answer = await api(`${url}/from`)
  const theirs = await fetch(`${url}/from`)
  expect(seen).toEqual([
    {
      status: 418,
      statusText: 'I am a teapot',
      ok: false,
      at: `${url}/to?a=1`,
      redirected: true,
      type: theirs.type,
      bodyUsed: false,
      isResponse: true,
      expired: 'yes',
    },
  ])
  expect(answer).toMatchObject({ url: theirs.url, redirected: true, type: theirs.type })
})

test('what expired does to the response that it is shown does nothing to that of the caller', async () => {
  const { api, url } = await world(answers(sendings['JSON with its length'] as Send), {
    expired: async (response) => {
      response.headers.set('X-Made-Up', 'yes')
      response.headers.delete('Content-Type')
      await response.body?.cancel()
      return false
    },
  })
  const answer = await api(url)
  expect(answer.headers.get('x-made-up')).toBeNull()
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(await answer.text()).toBe(told('first'))
})

// oxlint-disable-next-line unicorn/no-thenable -- promises of other makes are objects with a then
const laterTrue = { then: (done: (value: boolean) => void) => Promise.resolve(true).then(done) }

/** What a JavaScript app may return; as for authorize, what is true counts. */
const verdicts: Readonly<Record<string, readonly [verdict: unknown, isExpired: boolean]>> = {
  undefined: [undefined, false],
  null: [null, false],
  '0': [0, false],
  'an empty text': ['', false],
  '1': [1, true],
  'a text': ['yes', true],
  'a promise of undefined': [Promise.resolve(undefined), false],
  'a promise of 1': [Promise.resolve(1), true],
  'a promise of another make': [laterTrue, true],
}

test.each(Object.entries(verdicts))(
  'an expired that returns %s is taken at its word, and nothing is logged',
  async (_what, [verdict, isExpired]) => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { api, url, refreshes } = await world(undefined, { expired: () => verdict as boolean })
    await api(url)
    expect(refreshes()).toBe(isExpired ? 1 : 0)
    expect(shown).not.toHaveBeenCalled()
  },
)
