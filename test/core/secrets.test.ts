import { inspect } from 'node:util'

import { expect, test, vi } from 'vitest'

import { keyValueStore, memoryStore, RefreshRefusedError } from 'unexpired'
import type { Session, SessionEvents, StoredSession } from 'unexpired'

import { axiosLikeError, jsonResponse, scriptedRefresh } from './scripted-refresh.js'
import type { Answer } from './scripted-refresh.js'
import { startSession } from './start-session.js'
import type { StartOptions, Started } from './start-session.js'

/** Each is told apart, and each has characters that change where it is encoded. */
const secrets = {
  access: 'canary-access/+1==',
  refresh: 'canary-refresh/+1==',
  nextAccess: 'canary-access/+2==',
  nextRefresh: 'canary-refresh/+2==',
}
const first = { accessToken: secrets.access, refreshToken: secrets.refresh, expiresIn: 60 }
const next = { accessToken: secrets.nextAccess, refreshToken: secrets.nextRefresh, expiresIn: 60 }

const types: (keyof SessionEvents)[] = [
  'signed-in',
  'refresh-started',
  'refreshed',
  'adopted',
  'refresh-unavailable',
  'turn-missed',
  'store-failed',
  'held',
  'released',
  'turned-away',
  'replayed',
  'expired',
  'sent',
  'settled',
  'signed-out',
]

/** All that anybody can print, log or serialise of these. */
function shown(...values: unknown[]): string {
  const seen: string[] = []
  for (const value of values) {
    seen.push(inspect(value, { depth: 9, showHidden: false }))
    seen.push(JSON.stringify(value) ?? '')
    if (value instanceof Error) {
      seen.push(
        String(value),
        value.stack ?? '',
        shown(value.cause),
        JSON.stringify(Object.entries(value)),
      )
    }
  }
  return seen.join('\n')
}

/** Runs something on a session with secrets, and gives all that could be seen of it. */
async function everythingShown(
  options: StartOptions,
  use: (started: Started) => Promise<unknown>,
): Promise<string> {
  const seen: unknown[] = []
  const log = vi.spyOn(console, 'error').mockImplementation((...args) => void seen.push(...args))
  const started = startSession({
    refresh: scriptedRefresh(next),
    onSignedOut: (event) => seen.push(event),
    ...options,
  })
  const { session, clock } = started
  for (const type of types) session.on(type, (event) => seen.push(event))
  await session.signIn(first)
  const result = use(started).catch((error: unknown) => error)
  for (let second = 0; second < 40; second += 1) await clock.advance(1_000)
  seen.push(await result, session, session.explain(), session.getSnapshot())
  log.mockRestore()
  return shown(...seen)
}

const refresh = ({ session }: { session: Session }): Promise<unknown> =>
  session.refresh().then(() => undefined)

/** What apps and servers put into what they throw. */
const careless: [string, Answer][] = [
  ['words', new Error(`cannot refresh ${secrets.refresh} for ${secrets.access}`)],
  [
    'a URL, as node-fetch writes it',
    new Error(
      `request to https://a.example/t?r=${encodeURIComponent(secrets.refresh)} failed, reason: x`,
    ),
  ],
  ['a form', new Error(`posted ${String(new URLSearchParams({ token: secrets.refresh }))}`)],
  [
    'the request of axios',
    Object.assign(axiosLikeError(400, { echoed: secrets.refresh }), {
      config: { data: JSON.stringify({ refreshToken: secrets.refresh }) },
      request: { headers: { Authorization: `Bearer ${secrets.access}` } },
    }),
  ],
  ['a body that echoes', () => jsonResponse(400, { error: secrets.refresh })],
  ['a refusal', () => jsonResponse(400, { error: 'invalid_grant', token: secrets.refresh })],
  ['a refusal in words', new RefreshRefusedError(`${secrets.refresh} is dead`)],
  ['a cause', new Error('outer', { cause: new Error(`inner ${secrets.access}`) })],
  ['a JWT of somebody else', new Error('got eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.canary')],
  ['a string', () => Promise.reject(`plain ${secrets.access}`)],
  ['an unfit answer', { token: secrets.nextAccess, refreshToken: secrets.nextRefresh }],
  ['an access token with a line break', { accessToken: `${secrets.nextAccess}\n` }],
  ['an HTML page', () => new Response(`<p>${secrets.access}</p>`)],
  ['an error with a code of its own', Object.assign(new Error('x'), { code: secrets.access })],
]

test.each(careless)('G40 a refresh that fails with %s shows no token', async (_name, answer) => {
  const seen = await everythingShown({ refresh: scriptedRefresh(answer, answer, answer) }, refresh)
  expect(seen).toContain('refresh-started')
  expect(seen).not.toMatch(/canary/)
  expect(seen).not.toContain(encodeURIComponent('/+1=='))
})

test('G40 a whole life shows no token', async () => {
  const seen = await everythingShown({}, async ({ session }) => {
    await session.getAccessToken()
    await session.authorize((lease) =>
      Promise.resolve({ status: lease.accessToken === secrets.access ? 401 : 200 }),
    )
    await session.adopt({ ...first, id_token: 'canary-id' })
    await session.signIn(next)
    await session.signOut()
  })
  expect(seen).toContain('signed-out')
  expect(seen).not.toMatch(/canary/)
})

test('G40 a store that fails shows no token, whatever it puts into its message', async () => {
  const inner = memoryStore()
  const failing = {
    load: inner.load,
    replace(expected: StoredSession | undefined, wanted: StoredSession | undefined): boolean {
      throw new Error(`cannot put ${JSON.stringify(wanted)} for ${JSON.stringify(expected)}`)
    },
  }
  const seen = await everythingShown({ store: failing }, async ({ session }) => {
    await session.refresh()
    await session.adopt({ accessToken: 'canary-third' })
    await session.signOut()
  })
  expect(seen).toContain('cannot put')
  expect(seen).not.toMatch(/canary/)
})

test('G40 nor does one that could be written at first', async () => {
  const inner = memoryStore()
  const store = { load: inner.load, replace: inner.replace }
  const seen = await everythingShown({ store }, async ({ session }) => {
    store.replace = (expected, wanted) => {
      throw new Error(`cannot put ${JSON.stringify(wanted)} for ${JSON.stringify(expected)}`)
    }
    await session.refresh()
    await session.signOut()
  })
  expect(seen).toContain('cannot put')
  expect(seen).not.toMatch(/canary/)
})

test.each([
  ['bare', secrets.access],
  ['at the start', `${secrets.access} and more`],
  ['in JSON that was cut', JSON.stringify({ accessToken: secrets.access }).slice(0, -2)],
  ['in JSON with something after it', `${JSON.stringify({ token: secrets.access })},`],
])('G32 G40 a store that parses what it finds shows none of it: %s', async (_name, text) => {
  const inner = memoryStore()
  const store = { ...inner }
  const seen = await everythingShown({ store }, async ({ session }) => {
    store.load = () => JSON.parse(text) as StoredSession
    await session.refresh()
  })
  expect(seen).toContain('store-failed')
  expect(seen).not.toMatch(/canary/)
})

test('G40 a turn that fails shows no token', async () => {
  const exclusive = (): Promise<never> => Promise.reject(new Error(`no lock for ${secrets.access}`))
  const seen = await everythingShown({ store: { ...memoryStore(), exclusive } }, refresh)
  expect(seen).toContain('no lock for')
  expect(seen).not.toMatch(/canary/)
})

test('G40 a session prints and serialises without tokens, alone and within other things', async () => {
  const { session } = startSession({ store: keyValueStore(undefined, 'auth') })
  await session.signIn(first)
  expect(shown(session, { session }, [session], Object.entries(session))).not.toMatch(/canary/)
  expect(JSON.parse(JSON.stringify(session))).toMatchObject({ status: 'active', generation: 1 })
  expect(inspect(session)).toMatch(/^\{\s*status: 'active',[^{}]*generation: 1,[^{}]*\}$/)
  expect(Object.keys(session)).not.toContain('tokens')
  expect(inspect(session, { customInspect: false, showHidden: true, getters: false })).not.toMatch(
    /canary/,
  )
})

test('G40 the response on a SessionEndedError is for code only', async () => {
  const { session } = startSession({
    refresh: scriptedRefresh(() => jsonResponse(400, { error: 'invalid_grant' })),
  })
  await session.signIn(first)
  const response = {
    status: 401,
    config: { headers: { Authorization: `Bearer ${secrets.access}` } },
  }
  const error: unknown = await session
    .authorize(() => Promise.resolve(response))
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ reason: 'refused' })
  expect((error as { response: unknown }).response).toBe(response)
  expect(shown(error)).not.toMatch(/canary/)
})

test('G40 of a message as long as a body no token is left, not even one at the end of what is looked at', async () => {
  const accessToken = 'AbCdEfGhIj'.repeat(30)
  const body = new Error(`${accessToken} `.repeat(40))
  const { session, clock } = startSession({ refresh: scriptedRefresh(body, body, body) })
  await session.signIn({ accessToken })
  const refreshed = session.refresh().catch(String)
  await clock.advance(1_000)
  expect(await refreshed).toContain('[token]')
  expect(shown(session.explain())).not.toContain('AbCdEfGhIj')
})
