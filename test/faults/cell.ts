import type { BackEnd, Pair } from './back-end.js'
import { parsed } from './back-end.js'
import { codesOf, settled, type AnyEnd, type Settled } from './ends.js'
import type { Fault } from './fault.js'
import { startFaultProxy, type Arrival, type Injection, type Passage } from './fault-proxy.js'
import { createSecrets } from './leaks.js'
import type { Phase } from './rows.js'
import type { MakeSubject } from './subject.js'

/** One client, one fault, one phase, one server. */
export interface Cell {
  readonly makeSubject: MakeSubject
  readonly startBackEnd: () => Promise<BackEnd>
  readonly phase: Phase
  readonly fault: Fault
  /** Where it is known that nothing comes, nobody needs to wait so long. */
  readonly boundMs?: number
}

/**
 * How long one call of the refresh function is waited for. Where the first one is given up, a second one
 * must still succeed, also on a busy machine (milliseconds).
 */
const timeoutOf = ({ gives }: Fault): number => (gives === 'silence' ? 2_000 : 5_000)

/** What came of a cell. */
export interface Played {
  readonly settled: readonly Settled[]
  /** How often each of the requests was seen by the proxy. */
  readonly attempts: readonly number[]
  /** How often the fault struck, and at which of the requests. */
  readonly met: number
  readonly struck: readonly number[]
  readonly tries: number
  readonly flights: number | undefined
  readonly next: AnyEnd
  /** Once more, after a new sign-in where the session has ended. */
  readonly anew: AnyEnd
  readonly signedOut: readonly string[]
  readonly forgives: boolean
  readonly leaks: readonly string[]
}

/** At once: as many as a page sends. */
const requestCount = 5

/** Beyond what a flight may take: for the requests around it, on a busy machine (milliseconds). */
const slackMs = 2_500

/** In this time every request must settle: a flight ends within twice its timeout (milliseconds). */
const boundOf = (fault: Fault): number => 2 * timeoutOf(fault) + slackMs

/** After the others have settled, who waits in vain has waited long enough (milliseconds). */
const inVainMs = 250

/** Good for nothing, and never given by a server. */
const deadToken = 'at_f0_0_000dead000dead000dead000dead0000'

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** An answer of a refresh, as apps read it with any client. */
export function readTokens({ status, raw, text }: Awaited<ReturnType<Send>>): Pair {
  // axios throws what is not right by itself.
  if (raw instanceof Error) throw raw
  const data = parsed(text())
  if (status !== 200) throw Object.assign(new Error(`HTTP ${status}`), { status, data })
  return data as Pair
}

type Send = ReturnType<MakeSubject>['send']

export async function play(cell: Cell): Promise<Played> {
  const { makeSubject, startBackEnd, phase, fault, boundMs = boundOf(fault) } = cell
  const backEnd = await startBackEnd()
  // Who comes to a connection that lives already meets nothing at its beginning.
  const proxy = await startFaultProxy(backEnd.url, { keepAlive: typeof fault.act === 'function' })
  const secrets = createSecrets()
  const signedOut: string[] = []
  let tries = 0
  let injection: Injection | undefined

  const isApi = ({ target }: Arrival): boolean => target.startsWith(backEnd.api)
  const strikes: Record<Phase, (arrival: Arrival) => boolean> = {
    first: (arrival) => isApi(arrival) && arrival.attempt === 1,
    'turned away': (arrival) => isApi(arrival) && arrival.attempt === 1,
    refresh: ({ target }) => target === backEnd.refreshPath,
    refreshes: ({ target }) => target === backEnd.refreshPath,
    replay: (arrival) => isApi(arrival) && arrival.attempt === 2,
  }
  const times = phase === 'refreshes' ? Number.POSITIVE_INFINITY : 1
  const inject = (): void => {
    injection ??= proxy.inject({ fault, times, matches: strikes[phase] })
  }
  /** Of who is refused, only the client hears. */
  const hear = (error: unknown): void => {
    if (fault.act === 'refuse' && codesOf(error).includes('ECONNREFUSED')) injection?.meet()
  }

  const subject = makeSubject({
    origin: proxy.url,
    refreshTimeoutMs: timeoutOf(fault),
    onSignedOut: (reason) => void signedOut.push(reason),
    onTokens: secrets.notice,
    async refresh(send, refreshToken, signal) {
      tries += 1
      if (phase === 'refresh' || phase === 'refreshes') inject()
      try {
        const request = backEnd.refreshRequest(refreshToken)
        const answer = await send({ ...request, session: false, ...(signal && { signal }) })
        const pair = readTokens(answer)
        if (phase === 'replay') inject()
        return pair
      } catch (error) {
        hear(error)
        if (phase === 'refresh' && fault.act === 'refuse') await proxy.heal()
        throw error
      }
    },
  })
  const send = (n: number | string, signal?: AbortSignal) =>
    subject.send({ path: backEnd.api, query: { n: String(n) }, ...(signal && { signal }) })
  const seen = (n: number): Passage[] =>
    proxy.passages.filter(({ target }) => target === `${backEnd.api}?n=${n}`)

  try {
    // They open connections: one is left for the refresh.
    const warmUps = fault.needsUsed ? requestCount + 1 : 1
    const warmUp = { path: backEnd.openPath, session: false } as const
    proxy.gather(warmUps)
    await Promise.all(Array.from({ length: warmUps }, () => subject.send(warmUp)))
    const pair = await backEnd.signIn()
    secrets.notice(pair)
    const isLive = phase === 'first'
    await subject.signIn(isLive ? pair : { ...pair, accessToken: deadToken })

    if (phase === 'first' || phase === 'turned away') inject()
    else proxy.gather(requestCount)
    const waiting = new Set<AbortController>()
    const sent = Array.from({ length: requestCount }, async (_, n) => {
      const controller = new AbortController()
      waiting.add(controller)
      const ended = await settled(send(n, controller.signal), backEnd, boundMs)
      waiting.delete(controller)
      hear(ended.error)
      return ended
    })
    const isInVain = fault.gives === 'silence' && !phase.startsWith('refresh')
    if (isInVain) void giveUp(waiting, () => injection?.met)
    const ends = await Promise.all(sent)
    const attempts = ends.map((_, n) => seen(n).length)
    const struck = ends.flatMap((_, n) => (seen(n).some((one) => one.fault) ? [n] : []))
    const [triesMade, flights, met] = [tries, subject.flights(), injection?.met ?? 0]

    await proxy.heal()
    await pause(subject.restsMs())
    for (let turn = 0; turn < 5; turn += 1) await pause(5)
    const next = await settled(send('next'), backEnd, boundMs)
    if (signedOut.length) await subject.signIn(await backEnd.signIn())
    const anew = await settled(send('anew'), backEnd, boundMs)

    for (const body of proxy.bodies) secrets.notice(parsed(body))
    // Of those that are alike, one is enough. Without a session, what axios shows is axios' own.
    const errors = new Map(ends.map(({ end, error }) => [end, error]))
    return {
      settled: ends,
      attempts,
      met,
      struck,
      tries: triesMade,
      flights,
      next: next.end,
      anew: anew.end,
      signedOut,
      forgives: backEnd.forgives,
      leaks: secrets.in(...errors.values(), subject.shown()),
    }
  } finally {
    subject.close()
    proxy.close()
    await backEnd.close()
  }
}

/** Aborts who is left when the others have settled. */
async function giveUp(waiting: Set<AbortController>, met: () => number | undefined): Promise<void> {
  while (!met() || waiting.size > 1) {
    await pause(10)
    if (!waiting.size) return
  }
  await pause(inVainMs)
  for (const controller of waiting) controller.abort()
}
