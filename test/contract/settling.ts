import { expect, test } from 'vitest'
import { RefreshUnavailableError, SessionEndedError } from 'unexpired'
import type { Session, UnavailableReason } from 'unexpired'
import type { Nonsense } from 'unexpired/testing'
import type { Refresh } from './protocols.js'
import { enter, errorOf, times, until, whileTimeRuns } from './stage.js'
import type { Stage } from './stage.js'
import type { Suite } from './suite.js'

/** Longer than any cool-down after one failure, in milliseconds. */
const afterTheCoolDownMs = 2_000

interface BadRefresh {
  readonly reason: UnavailableReason
  readonly refresh: Refresh
}

const returns =
  (value: unknown): Refresh =>
  () =>
    Promise.resolve(value) as ReturnType<Refresh>
const never = new Promise<never>(() => undefined)

const badRefreshes: Readonly<Record<string, BadRefresh>> = {
  rejects: { reason: 'network', refresh: () => Promise.reject(new Error('no route')) },
  'rejects with nothing': { reason: 'network', refresh: () => Promise.reject(undefined) },
  'throws synchronously': {
    reason: 'network',
    refresh: () => {
      throw new TypeError('broken')
    },
  },
  'returns undefined': { reason: 'invalid-response', refresh: returns(undefined) },
  'returns null': { reason: 'invalid-response', refresh: returns(null) },
  'returns a string': { reason: 'invalid-response', refresh: returns('tokens') },
  'returns a list': { reason: 'invalid-response', refresh: returns([1, 2]) },
  'returns an empty object': { reason: 'invalid-response', refresh: returns({}) },
  'returns a token that is no string': {
    reason: 'invalid-response',
    refresh: returns({ accessToken: 42 }),
  },
  'returns a token with a line break': {
    reason: 'invalid-response',
    refresh: returns({ accessToken: 'a\r\nX-Evil: 1' }),
  },
  'returns no promise': {
    reason: 'invalid-response',
    refresh: (() => 'tokens') as unknown as Refresh,
  },
  'never returns': { reason: 'timeout', refresh: () => never },
}

const nonsense: readonly Nonsense[] = ['html', 'empty', 'not-json', 'no-token', 'bad-token']

export function settling({ make, protocol }: Suite): void {
  /** Sends three requests with an expired token, and then one more, once the refresh is well again. */
  async function settles(stage: Stage, reason: UnavailableReason, heal: () => void): Promise<void> {
    const { clock, server, session } = stage
    server.orders.expireNow()
    const calls = times(3, () => errorOf(stage.call()))
    // Only then does time count, however long real I/O takes.
    await until(() => stage.turnedAway() === 3)
    const errors = await whileTimeRuns(clock, Promise.all(calls))
    for (const error of errors) {
      expect(error).toBeInstanceOf(RefreshUnavailableError)
      expect(error).toMatchObject({ reason })
    }
    expect(session.status).toBe('active')
    expect(stage.signedOut).toEqual([])
    heal()
    await clock.advance(afterTheCoolDownMs)
    expect(protocol.echo(await stage.call()).user).toBe('ann')
  }

  test.each(Object.entries(badRefreshes))(
    'G9 every request settles when the refresh %s, and the session lives',
    async (_does, { refresh, reason }) => {
      let run = refresh
      let calls = 0
      const stage = await enter(make, protocol, {
        session: { refreshTimeoutMs: 1_000 },
        refresh: () => (request) => {
          calls += 1
          return run(request)
        },
      })
      await settles(stage, reason, () => {
        run = protocol.refresh(stage.server.url)
        expect(calls).toBeLessThanOrEqual(3)
      })
    },
  )

  test.each(nonsense)(
    'G9 every request settles when the refresh is answered with nonsense (%s), and the session lives',
    async (as) => {
      const stage = await enter(make, protocol)
      stage.server.orders.answerNonsense({ as, times: 3 })
      await settles(stage, 'invalid-response', () => undefined)
      expect(stage.server.counts).toMatchObject({ refreshes: 4, refreshesGranted: 1 })
    },
  )

  test('G9 a refresh that is never answered ends within twice its timeout', async () => {
    const stage = await enter(make, protocol, { session: { refreshTimeoutMs: 1_000 } })
    const { clock, server } = stage
    server.orders.hangRefresh({ times: Number.POSITIVE_INFINITY })
    const startedAt = clock.monotonic()
    await settles(stage, 'timeout', () => {
      expect(clock.monotonic() - startedAt).toBeLessThanOrEqual(2 * 1_000 + 100)
      server.orders.clear()
    })
  })

  const endings: Readonly<Record<string, (session: Session) => Promise<void>>> = {
    'signs out': (session) => session.signOut(),
    'signs another user in': (session) => session.signIn({ accessToken: 'of-bob' }),
    closes: async (session) => void session.close(),
  }

  test.each(Object.entries(endings))(
    'G13 every request settles when a listener of the refresh that it started %s',
    async (_how, end) => {
      const stage = await enter(make, protocol)
      stage.server.orders.expireNow()
      stage.session.on('refresh-started', () => void end(stage.session))
      const error = await whileTimeRuns(stage.clock, errorOf(stage.call()))
      expect(error).toBeInstanceOf(SessionEndedError)
    },
  )

  test('G9 during the cool-down requests that need a refresh reject at once', async () => {
    const stage = await enter(make, protocol)
    const { clock, server } = stage
    server.orders.failRefresh({ status: 429, retryAfter: 5 })
    server.orders.expireNow()
    const first = await errorOf(stage.call())
    expect(first).toMatchObject({ reason: 'server', retryAfterMs: 5_000 })
    await clock.advance(2_000)
    const errors = await Promise.all(times(4, () => errorOf(stage.call())))
    expect(errors.map((error) => (error as RefreshUnavailableError).retryAfterMs)).toEqual(
      times(4, () => 3_000),
    )
    expect(server.counts).toMatchObject({ refreshes: 1, turnedAway: 1 })
    await clock.advance(3_000)
    expect(protocol.echo(await stage.call()).generation).toBe(2)
  })
}
