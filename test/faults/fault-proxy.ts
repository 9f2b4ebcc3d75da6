import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { claimPort } from '../support/claim-port.js'
import type { Exchange, Fault } from './fault.js'
import { createUpstream, readRequests, type RawRequest } from './wire.js'

/** What the proxy knows of a request before it decides. */
export interface Arrival extends Pick<RawRequest, 'method' | 'target'> {
  /** Counts the requests that came, from 0. */
  readonly index: number
  /** 1 for the first request of this line, 2 for its replay. */
  readonly attempt: number
  /** The connection has carried another one before. */
  readonly isUsed: boolean
}

/** A request that came, and what became of it. */
export interface Passage extends Arrival {
  /** The name of the fault that it met. */
  readonly fault: string | undefined
  /** Of the server's answer, where the server has processed it. */
  status: number | undefined
}

/** Where a fault strikes: so many times, at those that match. */
export interface Order {
  readonly fault: Fault
  readonly times: number
  matches?(arrival: Arrival): boolean
}

/** An order on which some strikes are left. */
interface Given extends Order {
  left: number
  meet(): void
}

export interface Injection {
  /** How often it has struck. */
  readonly met: number
  /** Resolves when it has struck for the first time. */
  readonly struck: Promise<void>
  /** Said by who was refused: of that nobody here hears. */
  meet(): void
}

async function listen(port: number, connected: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, connected)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

/**
 * Stands between clients and a server, on 127.0.0.1, and does to their connections what networks do.
 * To clients it is bare TCP: it can cut, reset or hold back at any byte.
 */
export async function startFaultProxy(
  origin: string,
  { keepAlive = true }: { keepAlive?: boolean } = {},
) {
  const upstream = createUpstream(origin, keepAlive ? 'keep-alive' : 'close')
  const passages: Passage[] = []
  const bodies: string[] = []
  const sockets = new Map<Socket, { isBusy: boolean; count: number }>()
  let orders: Given[] = []
  let awaited: { left: number; open(): void; opened: Promise<void> } | undefined
  let isDown = false
  let isOver = false
  let rising = Promise.resolve()

  function take(matches: (order: Order) => boolean): Fault | undefined {
    const order = orders.find((each) => each.left > 0 && matches(each))
    if (!order) return undefined
    order.left -= 1
    order.meet()
    return order.fault
  }

  function connected(socket: Socket): void {
    const life = { isBusy: false, count: 0 }
    sockets.set(socket, life)
    // A client that went away, or a reset of our own.
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    if (take(({ fault }) => fault.act === 'reset at once')) {
      socket.resetAndDestroy()
      return
    }
    readRequests(socket, async (request) => {
      // What comes after the end was sent to nobody.
      if (!socket.writable) return void socket.destroy()
      life.isBusy = true
      life.count += 1
      await pass(socket, request, life.count > 1)
      life.isBusy = false
    })
  }

  async function pass(socket: Socket, request: RawRequest, isUsed: boolean): Promise<void> {
    const { method, target } = request
    const same = passages.filter((one) => one.method === method && one.target === target)
    const arrival = { method, target, isUsed, index: passages.length, attempt: same.length + 1 }
    const fault = take(
      (order) =>
        typeof order.fault.act === 'function' &&
        (isUsed || !order.fault.needsUsed) &&
        (order.matches?.(arrival) ?? true),
    )
    const passage: Passage = { ...arrival, fault: fault?.name, status: undefined }
    passages.push(passage)
    if (awaited && --awaited.left <= 0) awaited.open()
    await awaited?.opened
    const exchange: Exchange = {
      async ask() {
        const answer = await upstream.send(request)
        passage.status = answer.status
        bodies.push(answer.body.toString())
        return answer
      },
      write: (bytes) =>
        new Promise((resolve) => {
          if (socket.writable) socket.write(bytes, () => resolve())
          else resolve()
        }),
      end: (bytes = '') => void socket.end(bytes),
      reset: () => void socket.resetAndDestroy(),
      pause: (ms) =>
        new Promise((resolve) => {
          const end = (): void => {
            clearTimeout(timer)
            socket.off('close', end)
            resolve()
          }
          const timer = setTimeout(end, ms)
          socket.once('close', end)
        }),
      isGone: () => !socket.writable,
    }
    try {
      if (typeof fault?.act === 'function') return await fault.act(exchange)
      const { head, body } = await exchange.ask()
      await exchange.write(Buffer.concat([head, body]))
      if (!keepAlive) exchange.end()
    } catch {
      // The server is gone: the test is over.
      socket.destroy()
    }
  }

  const { port, release } = await claimPort()
  let server = await listen(port, connected)

  function goDown(): void {
    isDown = true
    server.close()
    for (const [socket, { isBusy }] of sockets) if (!isBusy) socket.destroy()
  }

  /** Connections are taken again. */
  function rise(): Promise<void> {
    if (!isDown || isOver) return rising
    isDown = false
    rising = listen(port, connected).then((next) => {
      server = next
      if (isOver) server.close()
    })
    return rising
  }

  return {
    url: `http://127.0.0.1:${port}`,
    passages: passages as readonly Passage[],
    /** What the server has said, whether or not it arrived. */
    bodies: bodies as readonly string[],
    inject(order: Order): Injection {
      let met = 0
      let strike = (): void => undefined
      const struck = new Promise<void>((resolve) => (strike = resolve))
      const meet = (): void => {
        met += 1
        strike()
      }
      orders.push({ ...order, left: order.times, meet })
      if (order.fault.act === 'refuse') goDown()
      return {
        get met() {
          return met
        },
        struck,
        meet,
      }
    },
    /** The next `count` requests wait for one another, before any of them goes on. */
    gather(count: number): void {
      let open = (): void => undefined
      const opened = new Promise<void>((resolve) => (open = resolve))
      awaited = { left: count, open, opened }
    },
    rise,
    /** From now on nothing fails. */
    async heal(): Promise<void> {
      orders = []
      awaited?.open()
      await rise()
    },
    close(): void {
      isOver = true
      orders = []
      awaited?.open()
      server.close()
      release()
      upstream.close()
      for (const socket of sockets.keys()) socket.destroy()
    },
  }
}
