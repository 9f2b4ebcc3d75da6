/** What the suites have in common: a server with a session, and how checks are run and told. */
import { createSession } from 'unexpired'
import { startTokenServer } from 'unexpired/testing'

export function equal(actual, expected, what) {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new Error(`${what}: ${is} instead of ${should}`)
}

export async function rejection(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

export const startOfRefresh = (session) =>
  new Promise((resolve) => session.on('refresh-started', resolve))

export const herd = (size, run) =>
  Promise.all(Array.from({ length: size }, (_, index) => run(index)))

export const post = (url, body, signal) =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })

/** A server, and a session that is signed in there. */
export async function start({ serverOptions, ...options } = {}) {
  const server = await startTokenServer(serverOptions)
  const signedOut = []
  const session = createSession({
    refresh: ({ refreshToken, signal }) =>
      post(`${server.url}/auth/refresh`, { refreshToken }, signal),
    onSignedOut: ({ reason }) => signedOut.push(reason),
    ...options,
  })
  const signIn = await post(`${server.url}/auth/login`, { username: 'ann' })
  await session.signIn(await signIn.json())
  const get = (path = '/api/me', how) =>
    session.authorize(
      ({ accessToken }) =>
        fetch(server.url + path, {
          headers: accessToken ? { Authorization: `Bearer ${accessToken}` } : {},
        }),
      how,
    )
  return { server, session, signedOut, get }
}

const { Bun, Deno } = globalThis

/** Its name and version, as tests know it. */
const runtime = Bun
  ? `bun ${Bun.version}`
  : Deno
    ? `deno ${Deno.version.deno}`
    : `node ${process.versions.node}`

/** Prints a line for each check. */
export async function runAll(checks) {
  console.log(`on ${runtime}`)
  let failures = 0
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check()
      console.log(`ok ${name}`)
    } catch (error) {
      failures += 1
      console.log(`not ok ${name}\n  ${error?.stack ?? error}`)
    }
  }
  console.log(`${Object.keys(checks).length - failures} passed, ${failures} failed`)
  if (failures > 0) process.exitCode = 1
}
