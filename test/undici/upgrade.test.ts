import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { errorOf } from '../contract/stage.js'
import { credentialOf, scene, serve } from './scene.js'
import type { OwnServer } from './scene.js'

/** A server of WebSockets, which turns the first token away before it speaks any. */
async function startSockets(turnsAway: boolean): Promise<OwnServer> {
  const sockets = new WebSocketServer({ noServer: true })
  const server = await serve((_, response) => response.writeHead(426).end())
  server.onUpgrade((incoming: IncomingMessage, socket, head) => {
    if (turnsAway && credentialOf(incoming) === 'first') {
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno')
      return
    }
    sockets.handleUpgrade(incoming, socket, head, (webSocket) => webSocket.send('welcome'))
  })
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate()
    sockets.close()
  })
  return server
}

test('a WebSocket is opened with the token, and opened again when that has expired', async () => {
  const { origin, asked } = await startSockets(true)
  const { api, refreshes } = await scene(origin)
  const socket = new WebSocket(origin.replace('http', 'ws'), { dispatcher: api })
  const said = await new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => resolve(data))
    socket.addEventListener('error', reject)
  })
  expect(said).toBe('welcome')
  expect(asked).toEqual(['/ first', '/ second'])
  expect(refreshes()).toBe(1)
  socket.close()
})

test('an upgrade is held, signed and handed over', async () => {
  const { origin } = await startSockets(false)
  const { api, expire } = await scene(origin)
  await expire()
  const headers = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' }
  const { socket, headers: answered } = await api.upgrade({
    origin,
    path: '/',
    protocol: 'websocket',
    headers,
  } as Parameters<typeof api.upgrade>[0])
  expect(answered['upgrade']).toBe('websocket')
  socket.destroy()
})

test('an upgrade that is not to be had fails as without a session', async () => {
  const { origin } = await serve((_, response) => response.writeHead(401).end('no'))
  const { api, refreshes } = await scene(origin)
  const options = { origin, path: '/', protocol: 'websocket' } as Parameters<typeof api.upgrade>[0]
  expect(await errorOf(api.upgrade(options))).toMatchObject({ code: 'UND_ERR_SOCKET' })
  expect(refreshes()).toBe(1)
})
