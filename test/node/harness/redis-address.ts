import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

import { onTestFinished } from 'vitest'

/** One address for whoever is the master at the time, as hosted Redis has it. */
export interface RedisAddress {
  readonly port: number
  /** From now on it leads there; those who are connected are cut off. */
  moveTo(server: { readonly port: number }): void
}

/** Ends with its test. */
export async function openAddress(server: { readonly port: number }): Promise<RedisAddress> {
  let { port: target } = server
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => void sockets.delete(socket))
  }
  const front = createServer((from) => {
    const to = connect(target, '127.0.0.1')
    for (const socket of [from, to]) keep(socket)
    from.on('close', () => to.destroy())
    to.on('close', () => from.destroy())
    from.pipe(to).pipe(from)
  })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  await new Promise<void>((done) => void front.listen(0, '127.0.0.1', done))
  onTestFinished(async () => {
    const closed = new Promise((done) => front.close(done))
    cut()
    await closed
  })
  return {
    port: (front.address() as AddressInfo).port,
    moveTo({ port }) {
      target = port
      cut()
    },
  }
}
