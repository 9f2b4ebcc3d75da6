import { inspect } from 'node:util'

import fc from 'fast-check'
import { createSession, type SessionOptions } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import { expect, test, vi } from 'vitest'

import { allowTokensIn } from '../canary/allow-tokens.js'
import { oddRefreshes, spent } from './odd-answers.js'
import { oddHeaders } from './odd-headers.js'
import { oddValues } from './odd-values.js'
import { endOf, expectCleanPrototypes, expectTyped, expectToWork } from './promises-kept.js'
import { longestMs, runs } from './runs.js'

/** Longer than this no server may keep us waiting (G7). */
const longestCoolDownMs = 300_000

interface Asked {
  readonly refresh: () => unknown
  readonly more?: Partial<SessionOptions>
}

/** A session whose refresh does this: its requests end, it says no token, and works afterwards. */
async function live({ refresh, more = {} }: Asked): Promise<void> {
  const clock = fakeClock()
  const shown: unknown[] = []
  const print = vi.spyOn(console, 'error').mockImplementation((...said) => void shown.push(said))
  const called = vi.fn(refresh)
  const options = { clock, refresh: called, onSignedOut: (event: unknown) => shown.push(event) }
  const session = createSession({ ...options, ...more } as unknown as SessionOptions)
  try {
    await session.signIn(spent)
    const ends = [
      await endOf(clock, () => session.authorize(() => Promise.resolve({ status: 401 }))),
      await endOf(clock, () => session.refresh()),
    ]
    for (const end of ends) expectTyped(end, false)
    expect(called.mock.calls.length).toBeLessThanOrEqual(6)
    for (const event of session.explain()) {
      if (event.type !== 'refresh-unavailable') continue
      expect(event.retryAfterMs).toBeGreaterThan(0)
      expect(event.retryAfterMs).toBeLessThanOrEqual(longestCoolDownMs)
      expect(event.message.length).toBeLessThan(1_000)
    }
    shown.push(ends, session.explain(), session)
    const text = inspect(shown, { depth: 9, maxStringLength: null })
    // Those that the refresh brought are the caller's to have; and a cookie session knows of none.
    const said = more.credential === 'cookie' ? '' : text.replace(/value: \{[^}]*\}/g, '')
    expect(said).not.toMatch(/canary-(?:9Qw|3Lk)/)
    await expectToWork(session, clock)
    expectCleanPrototypes()
  } finally {
    await session.close()
    print.mockRestore()
  }
}

test(
  'G9 G13 G15 G40 whatever a refresh returns or throws, requests end, and the session works afterwards',
  async () => {
    const property = fc.asyncProperty(oddRefreshes, ({ refresh }) => live({ refresh }))
    await fc.assert(property, runs(120))
  },
  longestMs,
)

test(
  'G9 G13 G40 whatever refused, lifetime and onSignedOut return or throw, the session works afterwards',
  async () => {
    const property = fc.asyncProperty(
      oddRefreshes,
      oddValues,
      fc.boolean(),
      ({ refresh }, make, isThrown) => {
        const answer = (): never => {
          if (isThrown) throw make()
          return make() as never
        }
        return live({ refresh, more: { refused: answer, lifetime: answer, onSignedOut: answer } })
      },
    )
    await fc.assert(property, runs(80))
  },
  longestMs,
)

test(
  'G9 G15 in a cookie session, too',
  async () => {
    // It knows none of the tokens that are in force in the other tests, and cannot cut them out.
    for (const place of ['error', 'event', 'console'] as const) allowTokensIn(place)
    const property = fc.asyncProperty(oddRefreshes, ({ refresh }) =>
      live({ refresh, more: { credential: 'cookie' } }),
    )
    await fc.assert(property, runs(60))
  },
  longestMs,
)

test(
  'G7 whatever Retry-After and Date say, nobody waits for longer than five minutes',
  async () => {
    const statuses = fc.constantFrom(400, 408, 429, 500, 503)
    const property = fc.asyncProperty(oddHeaders, statuses, fc.boolean(), (make, status, isFetch) =>
      live({
        refresh() {
          const response = { status, headers: make(), data: {} }
          if (!isFetch) throw Object.assign(new Error('failed'), { response })
          return { ...response, ok: false, text: () => Promise.resolve('{}') }
        },
      }),
    )
    await fc.assert(property, runs(120))
  },
  longestMs,
)
