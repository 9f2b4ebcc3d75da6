/**
 * One of several processes that share a session, on whatever runtime this file is started with:
 *
 *     holder.mjs <server> file <path>
 *     holder.mjs <server> ioredis|node-redis <port>
 *
 * It sends requests, waits until somebody else signs out, and prints what came of it. It closes no
 * session and never calls exit: that the process ends is one of the things that are shown.
 */
import { createSession } from 'unexpired'

import { herd, post } from './suite.mjs'

const [server, kind, place] = process.argv.slice(2)

/** A store, and how what it stands on is ended. */
async function open() {
  if (kind === 'file') {
    const { fileStore } = await import('unexpired/node')
    return { store: fileStore(place), end: async () => {} }
  }
  const { redisStore } = await import('unexpired/redis')
  const at = { host: '127.0.0.1', port: Number(place) }
  if (kind === 'ioredis') {
    const { Redis } = await import('ioredis')
    const client = new Redis(at)
    return { store: redisStore(client, 'ann'), end: () => client.quit() }
  }
  const { createClient } = await import('redis')
  const client = createClient({ socket: at })
  await client.connect()
  return { store: redisStore(client, 'ann'), end: () => client.close() }
}

const { store, end } = await open()
const session = createSession({
  store,
  refresh: ({ refreshToken, signal }) => post(`${server}/auth/refresh`, { refreshToken }, signal),
})
const missing = []
const troubles = []
session.on('store-degraded', (event) => missing.push(event.missing))
for (const type of ['store-failed', 'turn-missed', 'refresh-unavailable']) {
  session.on(type, (event) => troubles.push(event))
}
const signedOut = new Promise((resolve) => session.on('signed-out', resolve))
await session.ready
const answers = await herd(10, () =>
  session.authorize(({ accessToken }) =>
    fetch(`${server}/api/me`, { headers: { Authorization: `Bearer ${accessToken}` } }),
  ),
)
// Sooner than a file would be looked at without events.
const isHeard = await new Promise((resolve) => {
  const timer = setTimeout(resolve, 4_000, false)
  void signedOut.then(() => {
    clearTimeout(timer)
    resolve(true)
  })
})
await end()
const statuses = [...new Set(answers.map(({ status }) => status))]
console.log(JSON.stringify({ statuses, isHeard, missing, troubles }))
