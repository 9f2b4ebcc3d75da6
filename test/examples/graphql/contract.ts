import { isSessionError } from 'unexpired'
import { describe, expect, test } from 'vitest'
import { outcome, times, until, whileTimeRuns } from '../../contract/stage.js'
import type { BackEnd } from './back-end.js'
import type { Stage } from './stage.js'

export interface Thing {
  readonly id: number
  readonly owner: string
}

/** What an app does with an API, whatever its client. Rejects with what the client's users are given. */
export interface Caller {
  /** A query. */
  thing(id: number, signal?: AbortSignal): Promise<Thing>
  /** A mutation. */
  buy(id: number): Promise<Thing>
}

/** An API that writes down what it has executed. */
export interface ExecutingBackEnd extends BackEnd {
  readonly executed: readonly string[]
}

export interface Suite {
  readonly name: string
  start(user?: false): Promise<Stage<ExecutingBackEnd>>
  make(stage: Stage<ExecutingBackEnd>): Caller
  /** Where in what the client rejects with our own error is. */
  sessionErrorIn(error: unknown): unknown
  /** Whether this is what the client's users know as an abort. */
  isAbort(error: unknown): boolean
}

/** What must hold for each client: one refresh, one execution, one end. */
export function clientContract({ name, start, make, sessionErrorIn, isAbort }: Suite): void {
  const herd = (caller: Caller): Promise<Thing>[] => [
    ...times(4, (index) => caller.thing(index)),
    ...times(4, (index) => caller.buy(index)),
  ]
  const herdExecuted = ['buy', 'thing'].flatMap((field) =>
    times(4, (index) => `${field} ${index} ada`),
  )
  /** Of what `herd` came to, the errors. */
  async function errorsOf(calls: readonly Promise<Thing>[]): Promise<unknown[]> {
    const outcomes = await Promise.all(calls.map(outcome))
    return outcomes.map(({ error }) => error)
  }

  describe(name, () => {
    test('G1 a herd that finds its token expired is answered, after one refresh', async () => {
      const stage = await start()
      const { tokens, executed } = stage.backEnd
      tokens.orders.expireNow()
      const things = await Promise.all(herd(make(stage)))
      expect(things).toEqual([...times(4, id), ...times(4, id)])
      expect([...executed].sort()).toEqual(herdExecuted)
      expect(tokens.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0 })
      expect(stage.turnedAway()).toBeGreaterThan(0)
    })

    test('G3 a herd that starts during a refresh is held, and sent once', async () => {
      const stage = await start()
      const { tokens, executed } = stage.backEnd
      const release = stage.holdRefresh()
      await stage.clock.advance(60_000)
      const answers = Promise.all(herd(make(stage)))
      await until(stage.isRefreshHeld)
      expect(executed).toEqual([])
      release()
      await answers
      expect([...executed].sort()).toEqual(herdExecuted)
      expect(tokens.counts).toMatchObject({ refreshes: 1, turnedAway: 0 })
    })

    test('G19 a refusal ends every call of a herd with SessionEndedError, and signs out once', async () => {
      const stage = await start()
      const { tokens, executed } = stage.backEnd
      tokens.orders.expireNow()
      tokens.orders.refuseRefresh()
      const errors = await errorsOf(herd(make(stage)))
      expect(errors).toHaveLength(8)
      for (const error of errors) {
        const ours = sessionErrorIn(error)
        expect(isSessionError(ours)).toBe(true)
        expect(ours).toMatchObject({ code: 'session-ended', reason: 'refused' })
      }
      expect(stage.signedOut.map(({ reason }) => reason)).toEqual(['refused'])
      expect(executed).toEqual([])
      expect(tokens.counts.refreshes).toBe(1)
    })

    test('G19 a refresh that is unavailable is visible as such, and the session lives', async () => {
      const stage = await start()
      const { tokens } = stage.backEnd
      const caller = make(stage)
      tokens.orders.expireNow()
      tokens.orders.failRefresh({ status: 503, times: 3 })
      const errors = await whileTimeRuns(stage.clock, errorsOf(herd(caller)))
      for (const error of errors) {
        expect(sessionErrorIn(error)).toMatchObject({
          code: 'refresh-unavailable',
          reason: 'server',
          retryAfterMs: expect.any(Number),
        })
      }
      expect(stage.signedOut).toEqual([])
      // The cool-down is a second, with jitter.
      await stage.clock.advance(2_000)
      expect(await caller.thing(7)).toEqual(id(7))
    })

    test('G12 a call that is aborted while it is held ends at once, and is never sent', async () => {
      const stage = await start()
      const { tokens, executed } = stage.backEnd
      const caller = make(stage)
      const release = stage.holdRefresh()
      await stage.clock.advance(60_000)
      const controller = new AbortController()
      const aborted = outcome(caller.thing(1, controller.signal))
      const other = caller.buy(2)
      await until(stage.isRefreshHeld)
      controller.abort()
      expect(isAbort((await aborted).error)).toBe(true)
      expect(stage.session.status).toBe('refreshing')
      release()
      expect(await other).toEqual(id(2))
      expect(executed).toEqual(['buy 2 ada'])
      expect(tokens.counts.refreshes).toBe(1)
    })

    test('G12 a call that is aborted after it was turned away is not replayed', async () => {
      const stage = await start()
      const { tokens, executed } = stage.backEnd
      const caller = make(stage)
      const release = stage.holdRefresh()
      tokens.orders.expireNow()
      const controller = new AbortController()
      const aborted = outcome(caller.thing(1, controller.signal))
      const other = caller.buy(2)
      await until(() => stage.turnedAway() === 2 && stage.isRefreshHeld())
      controller.abort()
      expect(isAbort((await aborted).error)).toBe(true)
      release()
      expect(await other).toEqual(id(2))
      expect(executed).toEqual(['buy 2 ada'])
      expect(tokens.counts.refreshes).toBe(1)
    })

    test('G21 a call that is made while nobody is signed in gets the answer of the server', async () => {
      const stage = await start(false)
      const [error] = await errorsOf([make(stage).thing(1)])
      expect(error).toBeInstanceOf(Error)
      expect(isSessionError(sessionErrorIn(error))).toBe(false)
      expect(stage.backEnd.tokens.counts).toMatchObject({ turnedAway: 1, refreshes: 0 })
    })
  })
}

const id = (number: number): Thing => ({ id: number, owner: 'ada' })
