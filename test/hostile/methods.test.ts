import fc from 'fast-check'
import { createSession, type Session } from 'unexpired'
import { fakeClock } from 'unexpired/testing'
import { expect, test, vi } from 'vitest'

import { allowTokensIn } from '../canary/allow-tokens.js'
import { oddObjects, settles, type Maker } from './odd-values.js'
import { endOf, expectCleanPrototypes, expectTyped, expectToWork } from './promises-kept.js'
import { longestMs, runs } from './runs.js'

type Call = (session: Session, odd: never) => unknown

const tokenFields = [
  ...['accessToken', 'access_token', 'refreshToken', 'refresh_token', 'expiresIn', 'expires_in'],
  ...['tokenType', 'token_type', 'scope', 'data', 'status', '__proto__', 'constructor'],
]
const ok = (): Promise<number> => Promise.resolve(200)

/** Each method, with something odd in the place of one argument. */
const calls: readonly (readonly [string, Call, readonly string[]])[] = [
  ['signIn', (session, odd) => session.signIn(odd), tokenFields],
  ['adopt', (session, odd) => session.adopt(odd), tokenFields],
  ['expire', (session, odd) => session.expire(odd), []],
  ['getAccessToken', (session, odd) => session.getAccessToken(odd), ['signal']],
  ['getAccessToken', (session, odd) => session.getAccessToken({ signal: odd }), ['reason']],
  ['authorize', (session, odd) => session.authorize(odd), []],
  ['authorize', (session, odd) => session.authorize(() => odd), ['status', 'then', 'response']],
  [
    'authorize',
    (session, odd) => session.authorize(ok, odd),
    ['expired', 'replayable', 'signal', 'abortReason', 'request', 'header', 'scheme'],
  ],
  ['authorize', (session, odd) => session.authorize(ok, { expired: () => odd }), []],
  ['authorize', (session, odd) => session.authorize(ok, { request: odd }), ['method', 'url']],
  ['on', (session, odd) => session.on(odd, () => undefined)(), []],
  ['on', (session, odd) => session.on('refreshed', odd), []],
  ['on', (session, odd) => session.on('refreshed', () => throwing(odd)), ['name', 'message']],
  ['subscribe', (session, odd) => session.subscribe(odd), []],
  ['subscribe', (session, odd) => session.subscribe(() => throwing(odd)), ['stack', 'message']],
]

function throwing(value: unknown): never {
  throw value
}

test.each(calls)(
  'G13 G41 whatever is handed to %s, it settles with an error of ours or none, and the session works (%#)',
  async (_name, call, names) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    // What listeners throw here may be what was handed to `signIn` in another test: the same runs.
    allowTokensIn('console')
    const odd: fc.Arbitrary<Maker> = oddObjects(names.length ? names : ['then'])
    const property = fc.asyncProperty(odd, fc.boolean(), async (make, isSignedIn) => {
      const clock = fakeClock()
      const session = createSession({
        clock,
        refresh: () => Promise.resolve({ accessToken: 'fresh-1', expiresIn: 600 }),
      })
      let told = 0
      try {
        if (isSignedIn) await session.signIn({ accessToken: 'first-1', expiresIn: 600 })
        const value = make()
        const end = await endOf(clock, () => call(session, value as never))
        // What the app itself never settles is waited for, and what it rejects with handed over.
        if (settles(value)) expectTyped(end)
        session.on('refreshed', () => (told += 1))
        await expectToWork(session, clock)
        expectTyped(await endOf(clock, () => session.refresh()), false)
        expect(told, 'listeners are told as ever').toBe(1)
        expectCleanPrototypes()
      } finally {
        await session.close()
      }
    })
    await fc.assert(property, runs(80))
  },
  longestMs,
)
