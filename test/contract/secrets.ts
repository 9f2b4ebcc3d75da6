import { inspect } from 'node:util'
import { expect, test, vi } from 'vitest'
import type { SessionEvent, SessionOptions } from 'unexpired'
import type { TokenServer } from 'unexpired/testing'
import type { Refresh } from './protocols.js'
import { enter, outcome, until, whileTimeRuns } from './stage.js'
import type { Stage, StageOptions } from './stage.js'
import type { Suite } from './suite.js'

interface Scenario {
  readonly options?: StageOptions
  run(stage: Stage): readonly Promise<unknown>[]
}

const post = { method: 'POST', body: { a: 1 } }

/** Sends with an expired token, after the orders are given. */
const expired =
  (order: (server: TokenServer) => void): Scenario['run'] =>
  ({ server, call }) => {
    order(server)
    server.orders.expireNow()
    return [call('/thing', post), call('/other')]
  }

/** As bad as clients' errors are: the tokens are in the message, the config, the headers and the body. */
const leakyRefresh: Refresh = ({ tokens, refreshToken }) => {
  const headers = { Authorization: `Bearer ${tokens.accessToken}`, 'X-Token': tokens.accessToken }
  const error = new Error(`POST ?token=${refreshToken ?? ''}&old=${tokens.accessToken} failed`)
  return Promise.reject(
    Object.assign(error, {
      code: 'ERR_BAD_REQUEST',
      config: { headers, data: JSON.stringify({ refreshToken }) },
      response: { status: 400, headers, data: { error: 'invalid_request', refreshToken } },
    }),
  )
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'a refresh is refused': { run: expired(({ orders }) => orders.refuseRefresh()) },
  'a refresh is unavailable': {
    run: expired(({ orders }) => orders.failRefresh({ status: 503, times: 3 })),
  },
  'a refresh is answered with nonsense': {
    run: expired(({ orders }) => orders.answerNonsense({ as: 'bad-token', times: 3 })),
  },
  'a refresh fails with an error full of tokens': {
    options: { refresh: () => leakyRefresh },
    run: expired(() => undefined),
  },
  'a refresh that is said to be refused fails with an error full of tokens': {
    options: { refresh: () => leakyRefresh, session: { refused: () => true } },
    run: expired(() => undefined),
  },
  'the store fails with an error full of tokens': {
    options: { session: { store: leakyStore() } },
    run: expired(() => undefined),
  },
  'the API fails': {
    run: ({ server, call }) => {
      server.orders.failApi({ status: 500 })
      return [call('/thing', post), call('/forbidden'), call('/always-401'), call('/status/418')]
    },
  },
  'the connection is cut': {
    run: ({ server, call }) => {
      server.orders.dropApi()
      return [call('/thing', post)]
    },
  },
  'the request is aborted in flight': {
    run: (stage) => {
      const controller = new AbortController()
      void until(() => stage.received().length === 1).then(() => controller.abort())
      return [stage.call('/never', { ...post, signal: controller.signal })]
    },
  },
  'the session is signed out while requests wait': {
    run: ({ session, call, clock }) => {
      const calls = [clock.advance(60_000).then(() => call('/thing', post)), call('/always-401')]
      session.on('refresh-started', () => void session.signOut())
      return calls
    },
  },
}

/** What it throws shows the record that it was given. */
function leakyStore(): NonNullable<SessionOptions['store']> {
  return {
    load: () => undefined,
    replace: (_expected, next) => Promise.reject(new Error(`quota: ${JSON.stringify(next)}`)),
  }
}

/** Long enough to be nothing else, and short enough to find a token that was cut. */
const pieceLength = 10

function piecesOf(token: string): string[] {
  const random = token.split('_').at(-1) ?? token
  return [random.slice(0, pieceLength), random.slice(-pieceLength)]
}

/** All that a log might show of a value. */
function shown(value: unknown): string {
  const { message, stack, cause } = (value ?? {}) as Error
  return [
    safeJson(value),
    inspect(value, { depth: 10, maxStringLength: null, maxArrayLength: null }),
    message,
    stack,
    safeJson(cause),
    inspect(cause, { depth: 10, maxStringLength: null }),
  ].join('\n')
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    // A cycle: then nobody logs it so.
    return ''
  }
}

export function secrets({ make, protocol }: Suite): void {
  test.each(Object.entries(scenarios))('G40 no token is shown when %s', async (_what, scenario) => {
    const { options, run } = scenario
    const logged: unknown[] = []
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((...args: unknown[]) => void logged.push(args))
    }
    const stage = await enter(make, protocol, options)
    const { session, clock, tokens } = stage
    const secret = new Set<string>()
    const notice = (given: object | undefined): void => {
      for (const [name, value] of Object.entries(given ?? {})) {
        if (/^(?:access|refresh)Token$/.test(name)) secret.add(String(value))
      }
    }
    notice(tokens)
    session.subscribe(() => notice(session.tokens))
    const told: SessionEvent[] = []
    session.on('sent', (event) => void told.push(event))
    session.on('settled', (event) => void told.push(event))

    const ends = await whileTimeRuns(clock, Promise.all(run(stage).map(outcome)))
    const errors = ends.map(
      ({ value, error }) => error ?? (value as { raw?: unknown } | undefined)?.raw,
    )
    expect(secret.size).toBeGreaterThan(0)
    const visible = {
      errors: errors.filter((error) => error instanceof Error).map(shown),
      events: shown(session.explain()) + shown(told),
      signedOut: shown(stage.signedOut),
      session: shown(session) + shown(session.getSnapshot()),
      console: shown(logged),
    }
    for (const token of secret) {
      for (const piece of piecesOf(token)) {
        for (const [where, text] of Object.entries(visible)) {
          expect(text.includes(piece), `a token in ${where}`).toBe(false)
        }
      }
    }
  })
}
