import { Agent } from 'node:http'
import type { RequestListener, ServerResponse } from 'node:http'

import { describe, expect, onTestFinished, test } from 'vitest'

import { listen, shut } from '../../playground/server/listen.js'
import { drop, pipe } from '../../playground/server/pipe.js'

async function serve(answer: RequestListener): Promise<string> {
  const listening = await listen(answer, 0, false)
  onTestFinished(() => shut(listening))
  return `http://127.0.0.1:${listening.port}`
}

/** A server that pipes to another one. */
async function pipedTo(
  behind: RequestListener,
): Promise<{ url: string; response(): ServerResponse | undefined }> {
  const to = await serve(behind)
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  let last: ServerResponse | undefined
  const url = await serve((incoming, response) => {
    last = response
    pipe(incoming, response, { to, path: incoming.url ?? '/', agent, headers: { 'X-More': 'yes' } })
  })
  return { url, response: () => last }
}

describe('piping', () => {
  test('hands over method, path, body and answer', async () => {
    const { url } = await pipedTo((incoming, response) => {
      response.writeHead(418, { 'X-Asked': `${incoming.method} ${incoming.url}` })
      incoming.pipe(response)
    })
    const answer = await fetch(`${url}/tea?hot=1`, { method: 'POST', body: 'milk' })
    expect(answer.status).toBe(418)
    expect(answer.headers.get('x-asked')).toBe('POST /tea?hot=1')
    expect(answer.headers.get('x-more')).toBe('yes')
    expect(await answer.text()).toBe('milk')
  })

  test('an answer that is lost behind is lost in front, after its headers', async () => {
    const { url } = await pipedTo((incoming) => void incoming.socket.destroy())
    const answer = await fetch(url, { method: 'POST' })
    await expect(answer.text()).rejects.toThrow('terminated')
  })

  test('a client that goes away takes the other side along', async () => {
    let isGone = false
    let hasCome = false
    const { url } = await pipedTo((_, response) => {
      hasCome = true
      response.on('close', () => (isGone = true))
    })
    const leaving = new AbortController()
    const asked = fetch(url, { signal: leaving.signal }).catch(() => 'left')
    await expect.poll(() => hasCome).toBe(true)
    leaving.abort()
    expect(await asked).toBe('left')
    await expect.poll(() => isGone).toBe(true)
  })

  test('an answer that comes after it was dropped does no harm', async () => {
    const { url, response } = await pipedTo((_, late) => {
      late.end('late')
      // The timer runs before the answer is read, and the connection is cut after it.
      setTimeout(() => {
        const dropped = response()
        if (dropped) drop(dropped)
      })
      for (const until = performance.now() + 5; performance.now() < until;);
    })
    const answer = await fetch(url)
    await expect(answer.text()).rejects.toThrow('terminated')
  })
})
