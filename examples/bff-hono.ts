import { createHash, randomBytes } from 'node:crypto'
import { serve } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'
import { proxy } from 'hono/proxy'
import { Redis } from 'ioredis'
import { createSession, createSessionPool, isSessionError } from 'unexpired'
import { createFetch } from 'unexpired/fetch'
import { redisStore } from 'unexpired/redis'

const { ORIGIN, API_ORIGIN = '', REDIS_URL = '', SESSION_KEY = '', HOST = '', PORT } = process.env
const redis = new Redis(REDIS_URL).on('error', ({ message }) => console.error(message))
const bytes = Buffer.from(SESSION_KEY, 'base64') // openssl rand -base64 32
const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
const encryption = { current: '1', keys: { 1: key } }
const grant = (fields: Record<string, string>, signal: AbortSignal | null = null) =>
  fetch(`${API_ORIGIN}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields), signal })
const pool = createSessionPool({
  create(id) {
    const session = createSession({
      store: redisStore(redis, id, { encryption }),
      refresh: ({ refreshToken = '', signal }) =>
        grant({ grant_type: 'refresh_token', refresh_token: refreshToken }, signal),
    })
    session.on('store-failed', ({ message }) => console.error(message))
    session.on('store-degraded', ({ message }) => console.error(message))
    return session
  },
})

const cookie = '__Host-session'
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'Strict' } as const
/** Redis is given a hash: who reads there cannot make a cookie of it. */
const sessionOf = (id: string) => pool.get(createHash('sha256').update(id).digest('base64url'))
/** Signed, so that a cookie that somebody made up opens no session. */
async function sessionIn(c: Context) {
  const id = await getSignedCookie(c, bytes, cookie)
  return id ? sessionOf(id) : undefined
}
const only = (names: string[], { headers }: Request | Response) =>
  new Headers([...headers].filter(([name]) => names.includes(name)))

const app = new Hono()
app.use(async (c, next) => {
  await next()
  c.header('Cache-Control', 'no-store')
})
app.use(async (c, next) => {
  // Forms cannot send this header, and pages elsewhere must ask before: nobody here says yes.
  const { 'x-requested-with': by, origin = ORIGIN, 'sec-fetch-site': site } = c.req.header()
  const isOurs = by && origin === ORIGIN && (site ?? 'same-origin') === 'same-origin'
  return isOurs ? next() : c.body(null, 403)
})
// Bodies are kept while they may have to be sent again.
app.use(bodyLimit({ maxSize: 1_000_000, onError: (c) => c.body(null, 413) }))
// With a server of others this is a redirect there, and a callback: the code flow with PKCE (RFC 9700
// section 2.1.1), by oauth4webapi for example. What is done with the answer stays.
app.post('/sign-in', async (c) => {
  const { username, password } = await c.req.parseBody<{ username: string; password: string }>()
  const answer = await grant({ grant_type: 'password', username, password })
  if (!answer.ok) return c.body(null, 401)
  await (await sessionIn(c))?.signOut()
  const id = randomBytes(32).toString('base64url') // always a new one, which nobody else can know
  await sessionOf(id).signIn(await answer.json())
  await setSignedCookie(c, cookie, id, bytes, attributes)
  return c.body(null, 204)
})
app.post('/sign-out', async (c) => {
  await (await sessionIn(c))?.signOut() // and revoke the refresh token at the server: RFC 7009
  deleteCookie(c, cookie, attributes)
  return c.body(null, 204)
})
app.all('/api/*', async (c) => {
  const { pathname, search } = new URL(c.req.url) // as the route saw it: each `..` is resolved
  if (/%(?:2f|5c|00)/i.test(pathname)) return c.body(null, 404) // but not what others may decode
  const session = await sessionIn(c)
  if (!session || !(await session.getAccessToken())) return c.body(null, 401)
  const answer = await proxy(API_ORIGIN + pathname + search, {
    raw: c.req.raw,
    headers: only(['accept', 'content-type', 'if-match', 'if-none-match'], c.req.raw),
    redirect: 'manual',
    customFetch: createFetch(session, { origins: [API_ORIGIN] }),
  })
  const headers = only(['content-type', 'etag', 'location', 'retry-after'], answer)
  return new Response(answer.body, { status: answer.status, headers })
})
app.onError((error, c) => {
  if (!isSessionError(error)) console.error(error.message)
  else if (error.code === 'session-ended' && error.reason !== 'closed') return c.body(null, 401)
  const waitMs = isSessionError(error) && error.code === 'refresh-unavailable' && error.retryAfterMs
  return c.body(null, 503, { 'Retry-After': `${Math.ceil((waitMs || 1_000) / 1_000)}` })
})

const server = serve({ fetch: app.fetch, hostname: HOST, port: Number(PORT) }, ({ port }) =>
  console.log(`listening on port ${port}`),
)
process.once('SIGTERM', () => {
  server.close(() => void pool.close().then(() => redis.disconnect())) // which stores what is on its way
  setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), 10_000).unref()
})
