import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { backEnds, closeShared, type BackEndName } from './back-end.js'
import { readTokens } from './cell.js'
import { clients } from './clients.js'
import { settled } from './ends.js'
import type { Fault } from './fault.js'
import { startFaultProxy } from './fault-proxy.js'
import { sessionOf } from './subject.js'

afterAll(closeShared)

/** The second try must succeed, also on a busy machine (milliseconds). */
const refreshTimeoutMs = 2_000

const boundMs = 10_000

/**
 * A network that keeps the first try of a refresh, and brings it to the server when everything seems to be
 * over: five requests were served with what the second try brought.
 */
async function deliverLate(client: keyof typeof clients, server: BackEndName) {
  const backEnd = await backEnds[server]()
  const proxy = await startFaultProxy(backEnd.url)
  let deliver = (): void => undefined
  const delivered = new Promise<void>((resolve) => (deliver = resolve))
  let arrived: Promise<unknown> | undefined
  const late: Fault = {
    name: 'brings the request too late',
    gives: 'silence',
    isProcessed: false,
    act: async ({ ask }) => void (await (arrived = delivered.then(ask))),
  }
  const signedOut: string[] = []
  let tries = 0
  const subject = sessionOf(clients[client].make)({
    origin: proxy.url,
    refreshTimeoutMs,
    onSignedOut: (reason) => void signedOut.push(reason),
    onTokens: () => undefined,
    async refresh(send, refreshToken, signal) {
      tries += 1
      const request = backEnd.refreshRequest(refreshToken)
      return readTokens(await send({ ...request, session: false, ...(signal && { signal }) }))
    },
  })
  onTestFinished(async () => {
    subject.close()
    proxy.close()
    await backEnd.close()
  })
  const send = async (n: number) => {
    const sent = subject.send({ path: backEnd.api, query: { n: String(n) } })
    return (await settled(sent, backEnd, boundMs)).end
  }

  await subject.signIn({ ...(await backEnd.signIn()), accessToken: `at_f0_0_${'dead'.repeat(8)}` })
  const matches = ({ target }: { target: string }): boolean => target === backEnd.refreshPath
  proxy.inject({ fault: late, times: 1, matches })
  const first = await Promise.all([1, 2, 3, 4, 5].map(send))
  const triesBefore = tries
  deliver()
  await arrived
  const afterwards = await Promise.all([6, 7, 8].map(send))
  return { first, triesBefore, afterwards, tries, signedOut }
}

const served = (count: number): string[] => Array.from({ length: count }, () => 'served')

const names = Object.keys(clients) as (keyof typeof clients)[]

/** All clients at one time: most of it is waiting. */
const byEach = async (server: BackEndName) =>
  Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await deliverLate(name, server)] as const)),
  )

const forEach = <T>(expected: T) => Object.fromEntries(names.map((name) => [name, expected]))

describe('a refresh that reaches the server only after its second try', () => {
  test('G15 G17 does no harm within the grace', async () => {
    expect(await byEach('a server with a grace window')).toEqual(
      forEach({
        first: served(5),
        triesBefore: 2,
        afterwards: served(3),
        tries: 2,
        signedOut: [],
      }),
    )
  }, 60_000)

  test.each(['a server with strict rotation', 'oidc-provider'] as const)(
    'G17 G18 costs the session at %s: all who ask next hear so, and the app is told once',
    async (server) => {
      expect(await byEach(server)).toEqual(
        forEach({
          first: served(5),
          triesBefore: 2,
          afterwards: ['refused', 'refused', 'refused'],
          tries: 3,
          signedOut: ['refused'],
        }),
      )
    },
    60_000,
  )
})
