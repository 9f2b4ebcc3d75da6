import { createServer } from 'node:http'
import { request } from 'node:http'

import { describe, expect, onTestFinished, test } from 'vitest'

import { startPlayground } from '../../playground/start-playground.js'
import { json, openPlayground, userAt } from './playing.js'

describe("the playground's server", () => {
  test('serves its page on 127.0.0.1, closed to all that is not its own', async () => {
    const playground = await openPlayground()
    expect(playground.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    const page = await playground.ask('/')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    const [line = ''] = (await playground.state()).right.lines
    expect(policy).toContain(line)
    expect(policy).not.toMatch(/https|\*/)
    expect((await playground.ask('/assets/page.js')).status).toBe(200)
    expect((await playground.ask('/nothing')).status).toBe(404)
    expect((await playground.ask('/', { method: 'POST' })).status).toBe(405)
  })

  test('pipes each side to a token server of its own, and counts there', async () => {
    const playground = await openPlayground()
    const left = userAt(playground, 'left')
    const right = userAt(playground, 'right')
    expect([await left.signIn(), await right.signIn()]).toEqual([200, 200])
    expect(await left.refresh()).toBe(200)
    expect([await left.get(), await right.get('/me?more=1')]).toEqual([200, 200])
    expect(playground.left.counts).toMatchObject({ signIns: 1, refreshes: 1, served: 1 })
    expect(playground.right.counts).toMatchObject({ signIns: 1, refreshes: 0, served: 1 })

    const state = await playground.state()
    expect(state.left.counts).toEqual(playground.left.counts)
    expect(state.right.counts).toEqual(playground.right.counts)
  })

  test('the token of one side is worth nothing on the other', async () => {
    const playground = await openPlayground()
    const left = userAt(playground, 'left')
    await left.signIn()
    const headers = { Authorization: `Bearer ${left.tokens.accessToken}` }
    expect((await playground.ask('/right/api/me', { headers })).status).toBe(401)
  })

  test('has a third token server for the React page, with short lives', async () => {
    const playground = await openPlayground()
    const user = userAt(playground, 'app')
    expect(await user.signIn()).toBe(200)
    expect(user.tokens.expiresIn).toBeLessThan(60)
    expect(await user.get()).toBe(200)
    expect(playground.app.counts).toMatchObject({ signIns: 1, served: 1 })
  })

  test('more origins lead to the same side, for the page alone', async () => {
    const playground = await openPlayground()
    const { right } = await playground.state()
    const origin = new URL(playground.url).origin
    for (const line of right.lines) {
      const answer = await fetch(
        `${line}/auth/login`,
        json({ username: 'ann' }, { Origin: origin }),
      )
      expect(answer.status).toBe(200)
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    }
    expect(playground.right.counts.signIns).toBe(right.lines.length)
    expect(playground.left.counts.signIns).toBe(0)
  })

  test('every side hides what the token server would allow to any origin', async () => {
    const playground = await openPlayground()
    const { origin } = new URL(playground.url)
    const signIn = json({ username: 'ann' }, { Origin: origin })
    const answer = await playground.ask('/left/auth/login', signIn)
    expect(answer.status).toBe(200)
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    )
  })

  test('the log holds what the servers saw, and no token', async () => {
    const playground = await openPlayground()
    const user = userAt(playground, 'left')
    await user.signIn()
    await user.get()
    const log = await (await playground.ask('/control/log')).text()
    expect(JSON.parse(log)).toMatchObject({
      left: [{ kind: 'sign-in' }, { kind: 'api', path: '/api/me', outcome: 'served' }],
      right: [],
    })
    expect(log).not.toContain(user.tokens.accessToken)
    expect(log).not.toContain(user.tokens.refreshToken)
  })
})

describe('opening and closing', () => {
  test('a port that is wanted and taken is an error, and leaves nothing open', async () => {
    const first = await openPlayground()
    const port = Number(new URL(first.url).port)
    await expect(startPlayground({ port, files: new Map() })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port,
    })
    expect((await first.ask('/')).status).toBe(200)
  })

  test('without a wish, a taken port is no trouble', async () => {
    const taken = createServer()
    await new Promise<void>((resolve, reject) => {
      // Somebody else may have it already: all the better.
      taken.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve() : reject(error),
      )
      taken.listen(5173, '127.0.0.1', resolve)
    })
    onTestFinished(async () => {
      await new Promise((resolve) => taken.close(resolve))
    })
    const playground = await startPlayground({ files: new Map() })
    onTestFinished(playground.close)
    expect(playground.url).not.toContain(':5173/')
    expect((await fetch(new URL('/control/state', playground.url))).status).toBe(200)
  })

  test('closing ends every server and what hangs there', async () => {
    const playground = await openPlayground()
    const { left } = await playground.state()
    const user = userAt(playground, 'left')
    await user.signIn()
    await playground.control('fault', { fault: 'hang' })
    const hanging = user.refresh().catch(() => 'cut')
    await expect.poll(() => playground.left.counts.refreshes).toBe(1)
    await playground.close()
    expect(await hanging).toBe('cut')
    for (const url of [playground.url, playground.left.server.url, ...left.lines]) {
      await expect(fetch(url)).rejects.toThrow('fetch failed')
    }
  })
})

describe('others are turned away', () => {
  /** fetch sets these headers by itself. */
  const ask = (
    url: string,
    method: string,
    headers: Record<string, string>,
    body = '{}',
  ): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request(url, { method, headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      asked.on('error', reject)
      asked.end(method === 'POST' ? body : undefined)
    })

  test.each(['/', '/control/state', '/left/api/me'])(
    'a name that somebody else made lead here: %s',
    async (path) => {
      const { url } = await openPlayground()
      const { port } = new URL(url)
      for (const host of [`evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port}.evil.example`]) {
        expect(await ask(new URL(path, url).href, 'GET', { Host: host })).toBe(403)
      }
      const host = `localhost:${port}`
      expect(await ask(new URL(path, url).href, 'GET', { Host: host })).not.toBe(403)
    },
  )

  test.each([
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ])("another site's page: %o", async (headers) => {
    const playground = await openPlayground()
    const { url } = playground
    await userAt(playground, 'left').signIn()
    const all = { 'Content-Type': 'application/json', ...headers } as Record<string, string>
    expect(await ask(`${url}control/order`, 'POST', all, '{"order":"revoke"}')).toBe(403)
    expect(await ask(`${url}control/state`, 'GET', all)).toBe(403)
    expect(await ask(`${url}left/auth/login`, 'POST', all, '{"username":"eve"}')).toBe(403)
    const [line = ''] = (await playground.state()).left.lines
    expect(await ask(`${line}/auth/login`, 'POST', all, '{"username":"eve"}')).toBe(403)
    expect(await ask(`${line}/api/me`, 'OPTIONS', all)).toBe(403)
    expect(playground.left.counts).toMatchObject({ signIns: 1, familiesRevoked: 0 })
  })

  test('a form of another site, which can send no JSON', async () => {
    const playground = await openPlayground()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
      const headers = type ? { 'Content-Type': type } : {}
      expect(
        await ask(`${playground.url}control/order`, 'POST', headers, '{"order":"revoke"}'),
      ).toBe(415)
    }
    expect(playground.left.counts.familiesRevoked).toBe(0)
  })
})
