import type { Session } from 'unexpired'
import { isSessionError } from 'unexpired'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { outcome, times } from '../../contract/stage.js'
import { openPage } from '../rest/page.js'
import type { ExecutingBackEnd } from './contract.js'
import { startGraphqlServer } from './graphql-server.js'
import { startTrpcServer } from './trpc-server.js'

/** What each of these examples exports. */
interface Example {
  readonly session: Session
  signIn(username: string, password: string): Promise<void>
  getThing(id: number): Promise<unknown>
  buyThing(id: number): Promise<unknown>
}

interface Run {
  load(): Promise<Example>
  /** The server that it was written for. */
  start(): Promise<ExecutingBackEnd>
}

const examples: Readonly<Record<string, Run>> = {
  'graphql-request': {
    load: () => import('../../../examples/graphql-request.js'),
    start: () => startGraphqlServer('401'),
  },
  apollo: {
    load: () => import('../../../examples/apollo.js'),
    start: () => startGraphqlServer('401'),
  },
  urql: {
    load: () => import('../../../examples/urql.js'),
    start: () => startGraphqlServer('401'),
  },
  trpc: {
    load: () => import('../../../examples/trpc.js'),
    start: () => startTrpcServer('context'),
  },
}

/** Opens the page of an app that is such an example. */
async function open(name: string) {
  const { load, start } = examples[name] as Run
  const server = await start()
  const { assign } = openPage(server)
  vi.resetModules()
  const example = await load()
  onTestFinished(() => void example.session.close())
  return { ...example, server, assign }
}

/** Signs in, too. */
async function run(name: string) {
  const page = await open(name)
  await page.signIn('ada', 'lovelace')
  return page
}

const herd = ({ getThing, buyThing }: Example): Promise<unknown>[] =>
  times(8, (id) => (id % 2 ? buyThing(id) : getThing(id)))

/** Who it was, wherever the client has it. */
const ownerIn = (answer: unknown): string | undefined =>
  /"owner":"(\w+)"/.exec(JSON.stringify(answer))?.[1]

/** The session's error: itself, as a cause, or where urql has it. */
function sessionErrorIn(error: unknown): unknown {
  if (isSessionError(error)) return error
  const { cause, networkError, error: inner } = error as Record<string, unknown>
  return sessionErrorIn(cause ?? networkError ?? inner)
}

describe.each(Object.keys(examples))('the example %s', (name) => {
  test('G1 refreshes once for a herd, and everything is executed once', async () => {
    const { server, ...example } = await run(name)
    server.tokens.orders.expireNow()
    const answers = await Promise.all(herd(example))
    expect(answers.map(ownerIn)).toEqual(times(8, () => 'ada'))
    expect([...server.executed].sort()).toEqual([
      ...times(4, (id) => `buy ${2 * id + 1} ada`),
      ...times(4, (id) => `thing ${2 * id} ada`),
    ])
    expect(server.tokens.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
  })

  test('G18 G19 ends once when the refresh is refused', async () => {
    const { server, session, assign, ...example } = await run(name)
    server.tokens.orders.expireNow()
    server.tokens.orders.refuseRefresh()
    const outcomes = await Promise.all(herd({ session, ...example }).map(outcome))
    for (const { value, error = value } of outcomes) {
      expect(sessionErrorIn(error)).toMatchObject({ code: 'session-ended', reason: 'refused' })
    }
    expect(server.executed).toEqual([])
    expect(session.status).toBe('signed-out')
    expect(assign.mock.calls).toEqual([['/login?reason=refused']])
    expect(server.tokens.counts.refreshes).toBe(1)
  })

  test('rejects a wrong password with something an app can show, and leaves the session alone', async () => {
    const { signIn, getThing, session, server, assign } = await open(name)
    // Without a name the server turns a sign-in down, as others do for a wrong password.
    await expect(signIn('', 'wrong')).rejects.toThrow(/^Signing in failed: 400$/)
    expect(session.status).toBe('signed-out')
    await signIn('ada', 'lovelace')
    await expect(signIn('', 'wrong')).rejects.toThrow(/^Signing in failed: 400$/)
    expect(session.status).toBe('active')
    expect(ownerIn(await getThing(1))).toBe('ada')
    expect(server.tokens.counts.refreshes).toBe(0)
    expect(assign).not.toHaveBeenCalled()
  })

  test('shows nothing of one user to the next', async () => {
    const { getThing, signIn, server, assign } = await run(name)
    expect(ownerIn(await getThing(1))).toBe('ada')
    await signIn('grace', 'hopper')
    expect(ownerIn(await getThing(1))).toBe('grace')
    expect(assign).not.toHaveBeenCalled()
    expect(server.tokens.counts.refreshes).toBe(0)
  })
})
