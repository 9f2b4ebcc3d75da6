import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { tryLock } from 'fs-native-extensions'
import { startTokenServer } from 'unexpired/testing'
import type { TokenServer } from 'unexpired/testing'
import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'

import { buildExample, startProgram } from './example-programs.js'
import type { Ended } from './example-programs.js'

let program: string
let server: TokenServer
let home: string

beforeAll(async () => {
  program = await buildExample('cli-login')
})

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'unexpired-cli-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  server = await startTokenServer({ rotation: 'strict' })
  onTestFinished(() => server.close())
})

const config = () => join(home, 'configuration')

/** As a user types it. */
function tool(
  args: readonly string[],
  { stdin = '', env = {} }: { stdin?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const { child, ended } = startProgram(program, args, {
    API_ORIGIN: server.url,
    APPDATA: config(),
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: config(),
    ...env,
  })
  child.stdin.end(stdin)
  return ended
}

const login = (env: Record<string, string> = {}) =>
  tool(['login', 'ada'], { stdin: 'lovelace\n', env })
const whoami = (env: Record<string, string> = {}) => tool(['whoami'], { env })
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

const good: Ended = { code: 0, said: '', complained: '' }
const ada: Ended = { ...good, said: 'ada\n' }
const signedOut: Ended = {
  ...good,
  code: 1,
  complained: 'You are signed out. Sign in again: my-tool login NAME < PASSWORD\n',
}

test('G1 ten processes that find one login expired refresh it once', async () => {
  expect(await login()).toEqual(good)
  server.orders.expireNow()
  expect(await Promise.all(times(10, () => whoami()))).toEqual(times(10, () => ada))
  expect(server.counts).toMatchObject({ refreshes: 1, familiesRevoked: 0, served: 10 })
  // And what it wrote is good for the next.
  expect(await whoami()).toEqual(ada)
  expect(server.counts.refreshes).toBe(1)
})

test('G35 the login is the user’s alone, in the place for configuration', async () => {
  await login()
  const file = join(config(), 'my-tool', 'session.json')
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: 1, generation: 1 })
  if (process.platform === 'win32') return
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(join(config(), 'my-tool'))).mode & 0o777).toBe(0o700)
})

test.skipIf(process.platform === 'win32').each([
  ['is not set', ''],
  ['is no absolute path', 'configuration'],
])('where XDG_CONFIG_HOME %s, it is below ~/.config', async (_, XDG_CONFIG_HOME) => {
  await login({ XDG_CONFIG_HOME })
  expect((await stat(join(home, '.config/my-tool/session.json'))).isFile()).toBe(true)
  expect(await whoami({ XDG_CONFIG_HOME })).toEqual(ada)
})

test('a logout is seen by all, one that is waiting for a refresh too', async () => {
  await login()
  server.orders.expireNow()
  server.orders.hangRefresh()
  const waiting = whoami()
  await vi.waitFor(() => expect(server.counts.refreshes).toBe(1), 30_000)
  expect(await tool(['logout'])).toEqual(good)
  const toldAt = performance.now()
  expect(await waiting).toEqual(signedOut)
  // Not only when its refresh has taken too long.
  expect(performance.now() - toldAt).toBeLessThan(8_000)
  expect(await Promise.all(times(3, () => whoami()))).toEqual(times(3, () => signedOut))
  expect(server.counts.refreshes).toBe(1)
})

test('a refused login says so in each process, and asks to sign in again', async () => {
  await login()
  server.orders.expireNow()
  server.orders.refuseRefresh()
  expect(await Promise.all(times(4, () => whoami()))).toEqual(times(4, () => signedOut))
  expect(server.counts).toMatchObject({ refreshes: 1, served: 0 })
  await login()
  expect(await whoami()).toEqual(ada)
})

/** As another process does that writes to it for this long (milliseconds). */
async function writeSlowly(during: () => Promise<void>, ms: number): Promise<void> {
  const handle = await open(join(config(), 'my-tool', 'session.json.swap.lock'), 'r+')
  expect(tryLock(handle.fd)).toBe(true)
  await during()
  await pause(ms)
  await handle.close()
}

test('G14 G18 an end that waits for another’s write is there before its process ends', async () => {
  await login()
  server.orders.expireNow()
  server.orders.refuseRefresh()
  let refused: Promise<Ended> | undefined
  await writeSlowly(async () => {
    refused = whoami()
    await vi.waitFor(() => expect(server.counts.refreshes).toBe(1), 30_000)
  }, 500)
  expect(await refused).toEqual(signedOut)
  expect(await whoami()).toEqual(signedOut)
  expect(server.counts.refreshes).toBe(1)
})

test.each([
  ['login', ada],
  ['logout', signedOut],
])('G14 a %s that waits for another’s write is not lost', async (command, after) => {
  await login()
  if (command === 'login') await tool(['logout'])
  let waiting: Promise<Ended> | undefined
  await writeSlowly(async () => {
    waiting = command === 'login' ? login() : tool([command])
  }, 1_500)
  expect(await waiting).toEqual(good)
  expect(await whoami()).toEqual(after)
})

test('who has never signed in is asked to', async () => {
  expect(await whoami()).toEqual(signedOut)
})

test('G15 a server that is away for now signs nobody out', async () => {
  await login()
  server.orders.expireNow()
  server.orders.failRefresh({ status: 503, times: 3 })
  const { code, complained } = await whoami()
  expect(code).toBe(1)
  expect(complained).toContain('the refresh is unavailable')
  expect(await whoami()).toEqual(ada)
})

test('G31 a login that cannot be written is told, and the process fails', async () => {
  await writeFile(config(), 'a file where a directory should be')
  const { code, complained } = await login()
  expect(code).toBe(1)
  expect(complained).toContain('The sign-in cannot be read or kept')
})

test('what it does not understand is answered with what it does', async () => {
  for (const args of [[], ['constructor'], ['login']]) {
    expect(await tool(args)).toMatchObject({
      code: 1,
      complained: expect.stringContaining('Usage'),
    })
  }
})
