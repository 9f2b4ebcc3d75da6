import { open } from 'node:fs/promises'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import axios from 'axios'
import { attachSession } from 'unexpired/axios'
import { expect, onTestFinished, test, vi } from 'vitest'

import { sessionWithToken, token } from './token.js'

// The axios client, with the token left on what it hands on.
vi.mock('../../../src/clients/axios/errors.js', async (original) => ({
  ...(await original<object>()),
  withoutToken(error: object) {
    Object.defineProperty(error, 'request', { value: undefined, enumerable: false })
    Object.assign(error, { config: { headers: { Authorization: `Bearer ${token}` } } })
    return (error as { response?: unknown }).response
  },
}))

const bare = encodeURIComponent(token)

test('an error of axios that was handed on', async () => {
  const session = await sessionWithToken()
  await session.adopt({ accessToken: token })
  const origins = ['http://127.0.0.1:9']
  const api = attachSession(axios.create({ baseURL: 'http://127.0.0.1:9' }), session, { origins })
  await expect(api.get('/me')).rejects.toThrow('ECONNREFUSED')
})

test('a session that is printed', async () => {
  await sessionWithToken()
  const session = { toJSON: () => token }
  Object.defineProperty(session, Symbol.for('unexpired.port'), { value: {} })
  expect(JSON.stringify(session)).toContain(token)
})

test('the output of the process', async () => {
  await sessionWithToken()
  expect(process.stderr.write(`[unexpired] ${token}\n`)).toBeDefined()
})

test('a warning of the process', async () => {
  await sessionWithToken()
  process.emitWarning(`too many listeners for ${token}`)
  await pause(10)
  expect(process.listenerCount('warning')).toBeGreaterThan(0)
})

test('a message to other tabs', async () => {
  await sessionWithToken()
  const channel = new BroadcastChannel('unexpired/auth')
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel takes none
  channel.postMessage({ generation: 2, token })
  channel.close()
  expect(channel.name).toBe('unexpired/auth')
})

test('a key, a channel or a message of Redis', async () => {
  await sessionWithToken()
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const record = JSON.stringify({ version: 1, tokens: { accessToken: token } })
  for (const part of [record, `unexpired:{${token}}`]) {
    socket.write(`*2\r\n$3\r\nGET\r\n$${part.length}\r\n${part}\r\n`)
  }
  socket.end()
  server.close()
  expect(socket.writable).toBe(false)
})

test('a storage of the page', async () => {
  await sessionWithToken()
  const kept = [['unexpired-devtools:session', `{"open":true,"last":"${token}"}`]] as const
  const localStorage = {
    length: kept.length,
    key: (index: number) => kept[index]?.[0],
    getItem: () => kept[0][1],
  }
  Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true })
  onTestFinished(() => void Reflect.deleteProperty(globalThis, 'localStorage'))
  expect(globalThis.localStorage).toHaveLength(1)
})

test('the name of a file', async () => {
  await sessionWithToken()
  await expect(open(join(tmpdir(), `${bare}.lock`))).rejects.toThrow('ENOENT')
})
