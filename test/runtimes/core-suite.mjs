/**
 * The core and its clients, from the packed package, on whatever runtime this file is started
 * with: no test framework, real time, a real server. Prints a line for each check. It never calls
 * exit: that the process ends is one of the things that are shown.
 */
import { createRequire } from 'node:module'
import { inspect } from 'node:util'

import axios from 'axios'
import {
  createSession,
  createSessionPool,
  isSessionError,
  keyValueStore,
  RefreshUnavailableError,
  SessionEndedError,
} from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { jwtLifetime } from 'unexpired/jwt'
import { fakeClock } from 'unexpired/testing'

import { browserChecks } from './browser-checks.mjs'
import { fetchChecks } from './fetch-checks.mjs'
import { equal, herd, rejection, runAll, start, startOfRefresh } from './suite.mjs'

const checks = {
  async 'a herd that is turned away causes one refresh'() {
    const { server, session, get } = await start({ serverOptions: { latency: { refresh: 30 } } })
    server.orders.expireNow()
    const statuses = (await herd(20, () => get())).map(({ status }) => status)
    equal([...new Set(statuses)], [200], 'statuses')
    equal(server.counts.refreshes, 1, 'refreshes')
    equal(session.getSnapshot().generation, 2, 'generation')
    await server.close()
  },

  async 'a herd whose lifetime is over is held, and none of it turned away'() {
    const clock = fakeClock()
    const { server, get } = await start({ clock })
    await clock.advance(61_000)
    await herd(20, () => get())
    equal([server.counts.refreshes, server.counts.turnedAway], [1, 0], 'refreshes, turned away')
    await server.close()
  },

  async 'an abort ends the one that waits, and no other'() {
    const { server, session, get } = await start({ serverOptions: { latency: { refresh: 50 } } })
    server.orders.expireNow()
    const refreshing = startOfRefresh(session)
    const controller = new AbortController()
    const other = get()
    const aborted = get('/api/me', { signal: controller.signal })
    const failed = rejection(aborted)
    await refreshing
    controller.abort()
    equal((await failed).name, 'AbortError', 'name')
    equal((await other).status, 200, 'status')
    equal(server.counts.refreshes, 1, 'refreshes')
    await server.close()
  },

  async 'signing out during a refresh wins'() {
    const { server, session, signedOut, get } = await start({
      serverOptions: { latency: { refresh: 50 } },
    })
    server.orders.expireNow()
    const refreshing = startOfRefresh(session)
    const failed = rejection(get())
    await refreshing
    await session.signOut()
    const error = await failed
    equal([error instanceof SessionEndedError, error.reason], [true, 'signed-out'], 'error')
    equal(
      [session.status, session.tokens, signedOut],
      ['signed-out', undefined, ['signed-out']],
      'end',
    )
    await server.close()
  },

  async 'a refusal ends the session, once, for all that wait'() {
    const { server, session, signedOut, get } = await start()
    server.orders.expireNow()
    server.orders.refuseRefresh()
    const errors = await herd(5, () => rejection(get()))
    equal([...new Set(errors.map(({ reason }) => reason))], ['refused'], 'reasons')
    equal([session.status, signedOut], ['signed-out', ['refused']], 'end')
    await server.close()
  },

  async 'a refresh that is unavailable ends nothing'() {
    const { server, session, signedOut, get } = await start()
    server.orders.expireNow()
    server.orders.failRefresh({ status: 503, retryAfter: 1, times: Infinity })
    const error = await rejection(get())
    equal([error instanceof RefreshUnavailableError, error.reason], [true, 'server'], 'error')
    equal([isSessionError(error), session.status, signedOut], [true, 'active', []], 'session')
    server.orders.clear()
    await session.refresh()
    equal((await get()).status, 200, 'status')
    await server.close()
  },

  async 'two sessions on one key-value storage share tokens and refresh'() {
    const values = new Map()
    const storage = {
      getItem: async (key) => values.get(key) ?? null,
      setItem: async (key, value) => void values.set(key, value),
      removeItem: async (key) => void values.delete(key),
    }
    const { server, session, get } = await start({ store: keyValueStore(storage, 'auth') })
    const other = createSession({
      store: keyValueStore(storage, 'auth'),
      refresh: () => Promise.reject(new Error('one refresh is enough')),
    })
    await other.ready
    equal(await other.getAccessToken(), session.tokens.accessToken, 'token of the other')
    server.orders.expireNow()
    await get()
    equal(await other.getAccessToken(), session.tokens.accessToken, 'newer token of the other')
    equal(JSON.parse(values.get('auth')).generation, 2, 'stored generation')
    await server.close()
  },

  async 'a pool has one session for each user, and closes the one that is idle'() {
    const refresh = () => Promise.reject(new Error('no refresh is needed'))
    const pool = createSessionPool({ create: () => createSession({ refresh }), max: 1, idleMs: 0 })
    const ann = pool.get('ann')
    await ann.signIn({ accessToken: 'of ann' })
    equal([pool.get('ann') === ann, await ann.getAccessToken()], [true, 'of ann'], 'ann')
    equal(await pool.get('ben').getAccessToken(), undefined, 'ben')
    equal(
      [pool.size, (await rejection(ann.getAccessToken())).reason],
      [1, 'closed'],
      'the idle one',
    )
    await pool.close()
    equal((await rejection((async () => pool.get('ann'))())).reason, 'closed', 'the pool')
  },

  async 'the lifetime of a JWT is read'() {
    const claims = btoa(JSON.stringify({ iat: 1_000, exp: 4_600 })).replace(/=+$/, '')
    equal(jwtLifetime({ accessToken: `eyJhbGciOiJub25lIn0.${claims}.` }), 3_600, 'seconds')
  },

  async 'what prints a session prints no token'() {
    const { server, session } = await start()
    const { accessToken } = session.tokens
    const text = inspect(session, { depth: 9 }) + JSON.stringify(session) + String(session)
    equal(text.includes(accessToken), false, 'token in the text')
    await server.close()
  },

  async 'the CommonJS build works with the ESM build'() {
    const required = createRequire(import.meta.url)('unexpired')
    const { server, session } = await start()
    equal(typeof required.createSession, 'function', 'createSession')
    await session.signOut()
    const error = await rejection(session.refresh())
    equal([required.isSessionError(error), error.code], [true, 'session-ended'], 'error')
    await server.close()
  },
}

for (const adapter of ['http', 'fetch']) {
  checks[`axios, ${adapter} adapter: a herd is replayed after one refresh`] = async () => {
    const { server, session } = await start({ serverOptions: { latency: { refresh: 30 } } })
    const api = attachSession(axios.create({ adapter, baseURL: `${server.url}/api` }), session)
    server.orders.expireNow()
    const answers = await herd(20, (index) => api.post('/orders', { index }, { params: { index } }))
    for (const [index, { status, data }] of answers.entries()) {
      const { body, query } = data
      equal([status, body, query.index], [200, `{"index":${index}}`, String(index)], 'answer')
    }
    equal([server.counts.refreshes, server.counts.served], [1, 20], 'refreshes, served')
    await server.close()
  }

  checks[`axios, ${adapter} adapter: an abort is axios' own cancel error`] = async () => {
    const { server, session } = await start({ serverOptions: { latency: { refresh: 50 } } })
    const api = attachSession(axios.create({ adapter, baseURL: `${server.url}/api` }), session)
    server.orders.expireNow()
    const refreshing = startOfRefresh(session)
    const controller = new AbortController()
    const failed = rejection(api.get('/me', { signal: controller.signal }))
    await refreshing
    controller.abort()
    equal(axios.isCancel(await failed), true, 'isCancel')
    await server.close()
  }
}

Object.assign(checks, fetchChecks({ start, equal, herd, rejection, startOfRefresh }))
Object.assign(checks, browserChecks({ start, equal, herd }))

await runAll(checks)
