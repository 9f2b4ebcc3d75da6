import { expect, test } from 'vitest'
import { RefreshUnavailableError } from 'unexpired'
import type { UnavailableReason } from 'unexpired'
import type { TokenServer } from 'unexpired/testing'
import { enter, errorOf, times, whileTimeRuns } from './stage.js'
import type { Suite } from './suite.js'

interface Fault {
  readonly fault: string
  readonly reason: UnavailableReason
  /** Not worth another try within the same refresh. */
  readonly once?: boolean
  /** Looks like a refusal, so the app is told how to say that it is one. */
  readonly hinted?: boolean
  order(server: TokenServer, count: number): void
}

const page = '<!doctype html><title>Gateway</title><p>Sorry.</p>'

const status = (code: number, body?: unknown, hinted = false): Fault => ({
  fault: `is answered ${code}${describeBody(body)}`,
  reason: 'server',
  once: code < 500 && code !== 408,
  hinted,
  order: ({ orders }, count) => orders.failRefresh({ status: code, body, times: count }),
})

const oauth = (code: number, error: string): Fault => status(code, { error }, true)

function describeBody(body: unknown): string {
  if (body === undefined) return ''
  return typeof body === 'string' ? ' with a page' : ` ${(body as { error: string }).error}`
}

const faults: readonly Fault[] = [
  {
    fault: 'gets no answer: the connection is cut',
    reason: 'network',
    order: ({ orders }, count) => orders.dropRefreshRequest({ times: count }),
  },
  {
    fault: 'is answered 200 with the page of a proxy',
    reason: 'invalid-response',
    order: ({ orders }, count) => orders.answerNonsense({ as: 'html', times: count }),
  },
  status(408),
  status(429),
  status(500),
  status(502, page),
  status(503, { error: 'temporarily_unavailable' }),
  status(504),
  status(404, page, true),
  status(403, page, true),
  oauth(400, 'invalid_request'),
  oauth(400, 'invalid_client'),
  oauth(400, 'unauthorized_client'),
  oauth(400, 'unsupported_grant_type'),
  oauth(400, 'invalid_scope'),
  oauth(401, 'invalid_client'),
]

export function unavailable({ make, protocol }: Suite): void {
  test.each(faults.map((each) => [each.fault, each] as const))(
    'G15 G19 a refresh that %s signs nobody out',
    async (_fault, { order, reason, once = false, hinted = false }) => {
      const stage = await enter(make, protocol)
      const { clock, server, session } = stage
      const tries = once ? 1 : 3
      order(server, tries)
      server.orders.expireNow()
      const calls = times(2, () => errorOf(stage.call()))
      const errors = await whileTimeRuns(clock, Promise.all(calls))
      for (const error of errors) {
        expect(error).toBeInstanceOf(RefreshUnavailableError)
        expect(error).toMatchObject({ reason, retryAfterMs: expect.any(Number) as number })
      }
      expect(server.counts.refreshes).toBe(tries)
      expect(session.tokens).toMatchObject({ accessToken: expect.any(String) as string })
      expect(stage.signedOut).toEqual([])
      const events = session.explain().filter(({ type }) => type === 'refresh-unavailable')
      expect(events).toMatchObject([{ reason, tries }])
      const hint = /throw RefreshRefusedError or set `refused`/
      if (hinted) {
        expect((errors[0] as Error).message).toMatch(hint)
        expect(events).toMatchObject([{ message: expect.stringMatching(hint) as string }])
      }

      await clock.advance(2_000)
      expect(protocol.echo(await stage.call()).generation).toBe(2)
    },
  )

  test('G15 a refresh that times out signs nobody out', async () => {
    const stage = await enter(make, protocol, { session: { refreshTimeoutMs: 1_000 } })
    const { clock, server } = stage
    server.orders.hangRefresh({ times: Number.POSITIVE_INFINITY })
    server.orders.expireNow()
    const error = await whileTimeRuns(clock, errorOf(stage.call()))
    expect(error).toMatchObject({ code: 'refresh-unavailable', reason: 'timeout' })
    expect(stage.signedOut).toEqual([])
    server.orders.clear()
    await clock.advance(2_000)
    expect(protocol.echo(await stage.call()).generation).toBe(2)
  })

  test('G17 an answer that is lost after the server rotated is asked for again, within its grace', async () => {
    const stage = await enter(make, protocol, { server: { rotation: { graceMs: 5_000 } } })
    const { clock, server } = stage
    server.orders.dropRefreshAnswer()
    server.orders.expireNow()
    const answers = await whileTimeRuns(clock, Promise.all(times(3, () => stage.call())))
    expect(answers.map((answer) => protocol.echo(answer).user)).toEqual(['ann', 'ann', 'ann'])
    expect(server.counts).toMatchObject({
      refreshes: 2,
      refreshesGranted: 2,
      reuseDetected: 0,
      familiesRevoked: 0,
    })
    expect(stage.signedOut).toEqual([])
  })

  test('G17 where the server gives no grace, a lost answer costs the session, and the app is told once', async () => {
    const stage = await enter(make, protocol, { server: { rotation: 'strict' } })
    const { clock, server } = stage
    server.orders.dropRefreshAnswer()
    server.orders.expireNow()
    const error = await whileTimeRuns(clock, errorOf(stage.call()))
    expect(error).toMatchObject({ code: 'session-ended', reason: 'refused' })
    expect(server.counts).toMatchObject({ refreshes: 2, reuseDetected: 1 })
    expect(stage.signedOut).toHaveLength(1)
  })
}
