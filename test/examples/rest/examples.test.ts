import { readdir, readFile } from 'node:fs/promises'

import type { EchoedRequest, TokenServer } from 'unexpired/testing'
import { describe, expect, test } from 'vitest'

import { errorOf, times } from '../../contract/stage.js'
import { exampleNames, run } from './run-example.js'

const spent = ({ counts }: TokenServer) => [counts.refreshes, counts.familiesRevoked]

/** The session's error, as the client hands it over: itself, as a cause, or by its name and message alone. */
function sessionError(error: unknown): unknown {
  const { code, cause, error: text } = error as { code?: string; cause?: object; error?: string }
  if (typeof code === 'string') return code
  if (cause) return sessionError(cause)
  return /^(\w+): \[unexpired\]/.exec(text ?? '')?.[1]
}

const ended = expect.toBeOneOf(['session-ended', 'SessionEndedError']) as unknown
const unavailable = expect.toBeOneOf(['refresh-unavailable', 'RefreshUnavailableError']) as unknown

/** Whole programs may be longer: a tool with its commands, and a back end with all that guards it. */
const longer: Record<string, number> = { 'cli-login.ts': 45, 'bff-hono.ts': 105 }

const isTooLong = ({ name, lines }: { name: string; lines: number }) => lines > (longer[name] ?? 30)

test('every example has at most 30 lines, and whole programs not many more', async () => {
  const folder = new URL('../../../examples/', import.meta.url)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'))
  const lengths = files.map(async (name) => {
    const text = await readFile(new URL(name, folder), 'utf8')
    return { name, lines: text.trimEnd().split('\n').length }
  })
  expect(files.length).toBeGreaterThanOrEqual(exampleNames.length)
  expect((await Promise.all(lengths)).filter(isTooLong)).toEqual([])
})

describe.each(exampleNames)('the example %s', (name) => {
  test('G1 refreshes once for a herd', async () => {
    const { getOrder, addOrder = getOrder, server } = await run(name)
    server.orders.expireNow()
    const herd = times(8, (id) => (id % 2 ? addOrder(id as never) : getOrder(id)))
    const answers = await Promise.all(herd)
    expect(answers).toMatchObject(times(8, () => ({ user: 'ada', generation: 2 })))
    expect(spent(server)).toEqual([1, 0])
    expect(server.counts).toMatchObject({ turnedAway: 8, served: 8 })
  })

  test('G18 G19 ends once when the refresh is refused', async () => {
    const { getOrder, addOrder = getOrder, server, session, assign } = await run(name)
    server.orders.expireNow()
    server.orders.refuseRefresh()
    const herd = times(8, (id) => (id % 2 ? addOrder(id as never) : getOrder(id)))
    const errors = await Promise.all(herd.map((call) => errorOf(Promise.resolve(call))))
    expect(errors.map(sessionError)).toEqual(times(8, () => ended))
    expect(spent(server)).toEqual([1, 0])
    // Nobody tries again without a token.
    expect(server.counts).toMatchObject({ turnedAway: 8, served: 0 })
    expect(session.status).toBe('signed-out')
    expect(assign).toHaveBeenCalledTimes(1)
  })

  test('lets a user sign in over the session of another', async () => {
    const { getOrder, signIn, server, assign } = await run(name)
    expect(await getOrder(1)).toMatchObject({ user: 'ada' })
    await signIn('grace', 'hopper')
    expect(await getOrder(1)).toMatchObject({ user: 'grace' })
    expect(assign).not.toHaveBeenCalled()
    expect(spent(server)).toEqual([0, 0])
  })

  test('rejects a wrong password with something an app can show, and leaves the session alone', async () => {
    const { getOrder, signIn, server, session, assign } = await run(name)
    const { tokens } = session
    // The server of the tests takes any password, and turns nobody down but those without a name.
    const error = await errorOf(signIn('', 'wrong'))
    const { message, status = '' } = error as Error & { status?: number }
    expect(`${message} ${status}`).toMatch(/\b400\b/)
    expect(message).not.toContain('[unexpired]')
    expect(session.tokens).toBe(tokens)
    expect(await getOrder(1)).toMatchObject({ user: 'ada' })
    expect(assign).not.toHaveBeenCalled()
    expect(spent(server)).toEqual([0, 0])
  })
})

// What TanStack Query does about it is in its own test.
const plain = exampleNames.filter((name) => name !== 'tanstack-query')

describe.each(plain)('the example %s', (name) => {
  test('G26 sends the same body again', async () => {
    const { addOrder, server } = await run(name)
    server.orders.expireNow()
    const echo = (await addOrder?.('tea, für zwei')) as EchoedRequest
    expect(echo).toMatchObject({ method: 'POST', path: '/api/orders', generation: 2 })
    expect(JSON.parse(echo.body)).toEqual({ item: 'tea, für zwei' })
    expect(echo.headers['content-type']).toMatch(/^application\/json/)
    expect(server.counts).toMatchObject({ turnedAway: 1, served: 1 })
  })

  test('G15 G19 shows that the refresh is unavailable, and lives', async () => {
    const { getOrder, addOrder, server, session, assign } = await run(name)
    server.orders.expireNow()
    server.orders.failRefresh({ status: 503, retryAfter: 60 })
    const calls = [getOrder(1), addOrder?.('tea')]
    const errors = await Promise.all(calls.map((call) => errorOf(Promise.resolve(call))))
    expect(errors.map(sessionError)).toEqual([unavailable, unavailable])
    expect(spent(server)).toEqual([1, 0])
    expect(session.status).toBe('active')
    expect(assign).not.toHaveBeenCalled()
  })
})
