import { expect, test } from 'vitest'
import { RefreshUnavailableError } from 'unexpired'
import type { RefreshRequest } from 'unexpired'
import type { NeutralRequest } from './neutral-client.js'
import type { Protocol } from './protocols.js'
import { enter, errorOf, ownUrl, times, whileTimeRuns } from './stage.js'
import type { Suite } from './suite.js'

interface Marked {
  /** Whether the refresh function sends only after a turn of the event loop. */
  readonly late: boolean
  mark(request: NeutralRequest, given: RefreshRequest, protocol: Protocol): NeutralRequest
}

const marked: Readonly<Record<string, Marked>> = {
  'with the signal that it was given': {
    late: true,
    mark: (request, { signal }) => ({ ...request, signal }),
  },
  'at once and without any mark': { late: false, mark: (request) => request },
  'with a credential of its own': {
    late: true,
    mark: (request, { tokens }, { ownHeader }) => ({
      ...request,
      headers: { ...request.headers, ...ownHeader(tokens.accessToken) },
    }),
  },
  'marked session: false': {
    late: true,
    mark: (request) => ({ ...request, session: false }),
  },
}

const aTurn = (): Promise<void> => new Promise((done) => setTimeout(done))

export function refreshThroughClient({ make, protocol }: Suite): void {
  test.each(Object.entries(marked))(
    'G10 a refresh sent %s passes straight through',
    async (_how, how) => {
      const stage = await enter(make, protocol, {
        refresh:
          ({ client }) =>
          async (given) => {
            if (how.late) await aTurn()
            const request = how.mark(protocol.refreshRequest(given), given, protocol)
            return protocol.readRefresh(await client.send(request))
          },
      })
      stage.server.orders.expireNow()
      const answers = await Promise.all(times(5, (n) => stage.call('/thing', ownUrl(n))))
      expect(answers.map((answer) => protocol.echo(answer).generation)).toEqual([2, 2, 2, 2, 2])
      expect(stage.server.counts).toMatchObject({ refreshes: 1, turnedAway: 5, familiesRevoked: 0 })
    },
  )

  test('G10 a refresh that cannot be known as one is ended by the deadline, and told what to do', async () => {
    const stage = await enter(make, protocol, {
      session: { refreshTimeoutMs: 150 },
      refresh:
        ({ client }) =>
        async () => {
          await aTurn()
          // Held, as any request is, until the refresh is over that it is part of.
          return protocol.readRefresh(await client.send({ method: 'POST', path: '/login' }))
        },
    })
    stage.server.orders.expireNow()
    const error = await whileTimeRuns(stage.clock, errorOf(stage.call()))
    expect(error).toBeInstanceOf(RefreshUnavailableError)
    expect(error).toMatchObject({ reason: 'timeout' })
    expect((error as Error).message).toMatch(/pass its `signal` on.*\{ session: false \}/)
    expect(stage.server.requests.map(({ path }) => path)).not.toContain('/login')
  })

  test('G10 an abort of the refresh by its deadline ends the request that it sent', async () => {
    const stage = await enter(make, protocol, {
      session: { refreshTimeoutMs: 100 },
      refresh:
        ({ client, server }) =>
        async (given) => {
          server.orders.hangRefresh()
          const { signal } = given
          const request = { ...protocol.refreshRequest(given), signal }
          return protocol.readRefresh(await client.send(request))
        },
    })
    stage.server.orders.expireNow()
    const error = await whileTimeRuns(stage.clock, errorOf(stage.call()))
    expect(error).toMatchObject({ code: 'refresh-unavailable', reason: 'timeout' })
    stage.server.orders.clear()
  })
}
