import { backEnds, parsed } from './back-end.js'
import { readTokens } from './cell.js'
import { settled, type AnyEnd, type Settled } from './ends.js'
import { faultNamed } from './faults.js'
import { startFaultProxy, type Passage } from './fault-proxy.js'
import { createSecrets } from './leaks.js'
import type { MakeSubject } from './subject.js'
import type { Burst, Traffic } from './traffic.js'

/** What came of twenty requests. */
export interface Driven {
  readonly ends: readonly Settled[]
  readonly passages: readonly Passage[]
  readonly passagesOf: (n: number) => readonly Passage[]
  readonly refreshes: readonly Passage[]
  readonly flights: number | undefined
  /** How many tries brought tokens, of how many. */
  readonly refreshed: number
  readonly tries: number
  /** How often all access tokens died. */
  readonly expiries: number
  readonly signedOut: readonly string[]
  /** How many of the faults were met. */
  readonly struck: number
  readonly next: AnyEnd
  readonly anew: AnyEnd
  readonly leaks: readonly string[]
}

const refreshTimeoutMs = 1_000

/** A caller's own patience with one attempt that is not answered (milliseconds). */
const callerMs = 2 * refreshTimeoutMs + 600

const outageMs = 100

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/**
 * Sends the traffic through a proxy that does what it says.
 *
 * @param boundMs - longer than any request may take
 */
export async function drive(
  makeSubject: MakeSubject,
  traffic: Traffic,
  boundMs = 10_000,
): Promise<Driven> {
  const { forgives, bursts, strikes } = traffic
  const start =
    backEnds[forgives ? 'a server with a grace window' : 'a server with strict rotation']
  const backEnd = await start()
  const proxy = await startFaultProxy(backEnd.url)
  const secrets = createSecrets()
  const signedOut: string[] = []
  let tries = 0
  let refreshed = 0
  let expiries = 0
  let n = 0

  const subject = makeSubject({
    origin: proxy.url,
    refreshTimeoutMs,
    onSignedOut: (reason) => void signedOut.push(reason),
    onTokens: secrets.notice,
    async refresh(send, refreshToken, signal) {
      tries += 1
      const request = backEnd.refreshRequest(refreshToken)
      const answer = await send({ ...request, session: false, ...(signal && { signal }) })
      const pair = readTokens(answer)
      if (typeof pair === 'object') refreshed += 1
      return pair
    },
  })
  const send = (name: number | string, ms = callerMs): Promise<Settled> => {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), ms)
    const request = { path: backEnd.api, query: { n: String(name) }, signal: controller.signal }
    return settled(subject.send(request), backEnd, boundMs).finally(() => clearTimeout(timer))
  }
  const isFor = (name: number) => (passage: Passage) =>
    passage.target === `${backEnd.api}?n=${name}`

  async function strike({ outage }: Burst): Promise<void> {
    if (outage === 'reset') proxy.inject({ fault: faultNamed('is reset at once'), times: 1 })
    if (outage !== 'refused') return
    proxy.inject({ fault: faultNamed('is refused'), times: 1 })
    setTimeout(() => void proxy.rise(), outageMs)
    await pause(1)
  }

  try {
    const pair = await backEnd.signIn()
    secrets.notice(pair)
    await subject.signIn(pair)
    const injections = strikes.map(({ at, fault }) =>
      proxy.inject({ fault, times: 1, matches: ({ index }) => index === at }),
    )
    const ends: Settled[] = []
    for (const burst of bursts) {
      if (burst.isPatient) await pause(subject.restsMs())
      if (burst.expires) {
        backEnd.expire()
        expiries += 1
      }
      await strike(burst)
      ends.push(...(await Promise.all(Array.from({ length: burst.count }, () => send(n++)))))
    }
    await pause(outageMs)
    const struck = injections.filter(({ met }) => met).length

    await proxy.heal()
    await pause(subject.restsMs() + 30)
    const next = await send('next', boundMs)
    if (signedOut.length) await subject.signIn(await backEnd.signIn())
    const anew = await send('anew', boundMs)

    for (const body of proxy.bodies) secrets.notice(parsed(body))
    const errors = new Map(ends.map(({ end, error }) => [end, error]))
    // Without a session, what axios shows is axios' own.
    errors.delete('status 401')
    return {
      ends,
      passages: proxy.passages,
      passagesOf: (name) => proxy.passages.filter(isFor(name)),
      refreshes: proxy.passages.filter(({ target }) => target === backEnd.refreshPath),
      flights: subject.flights(),
      refreshed,
      tries,
      expiries,
      signedOut,
      struck,
      next: next.end,
      anew: anew.end,
      leaks: secrets.in(...errors.values(), subject.shown()),
    }
  } finally {
    subject.close()
    proxy.close()
    await backEnd.close()
  }
}
