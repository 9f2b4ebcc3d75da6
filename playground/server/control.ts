import type { IncomingMessage, ServerResponse } from 'node:http'

import type {
  ControlCalls,
  ControlState,
  Order,
  SideName,
  SideState,
} from '../shared/control-api.js'
import {
  choices,
  defaults,
  isSameServer,
  readSettings,
  serverSettingsOf,
} from '../shared/settings.js'
import type { Fault } from '../shared/settings.js'
import { isForeign } from './guard.js'
import type { Side } from './side.js'

export interface Control {
  /** Answers a request to `/control/NAME`. */
  answer(incoming: IncomingMessage, response: ServerResponse, name: string): Promise<void>
}

export interface ControlParts {
  readonly sides: Readonly<Record<SideName, Side>>
  readonly lines: () => Readonly<Record<SideName, readonly string[]>>
  readonly port: () => number
}

/** Nothing that the page says is longer. Characters. */
const longestBody = 10_000

/** What the caller did wrong, with the status that says so. */
class WrongCall extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

async function readBody(incoming: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const type = incoming.headers['content-type'] ?? ''
  if (!/^application\/json\b/i.test(type)) throw new WrongCall(415, 'JSON only')
  let text = ''
  incoming.setEncoding('utf8')
  for await (const part of incoming) {
    text += String(part)
    if (text.length > longestBody) throw new WrongCall(413, 'too long')
  }
  try {
    const body: unknown = JSON.parse(text || '{}')
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
  } catch {}
  throw new WrongCall(400, 'no JSON object')
}

function readFault({ fault }: Readonly<Record<string, unknown>>): Fault {
  const found = choices.fault.find((each) => each === fault)
  if (!found) throw new WrongCall(400, `fault must be one of ${choices.fault.join(', ')}`)
  return found
}

const orders: readonly Order[] = ['expire', 'revoke']

function readOrder({ order }: Readonly<Record<string, unknown>>): Order {
  const found = orders.find((each) => each === order)
  if (!found) throw new WrongCall(400, `order must be one of ${orders.join(', ')}`)
  return found
}

export function createControl({ sides, lines, port }: ControlParts): Control {
  const both = [sides.left, sides.right]
  let settings = serverSettingsOf(defaults)
  let fault: Fault = 'none'
  let epoch = Date.now()
  let runs = 0
  /** Calls act one after the other: two tabs may change settings at the same time. */
  let before: Promise<unknown> = Promise.resolve()

  const sideState = (name: SideName, to: readonly string[]): SideState => ({
    counts: { ...sides[name].counts },
    underWay: sides[name].underWay,
    lines: to,
  })

  function state(): ControlState {
    const to = lines()
    return {
      settings,
      fault,
      epoch,
      round: `${epoch} ${runs}`,
      left: sideState('left', to.left),
      right: sideState('right', to.right),
    }
  }

  function arm(next: Fault): void {
    fault = next
    for (const side of both) side.arm(next)
  }

  const calls: Record<
    keyof ControlCalls,
    (body: Readonly<Record<string, unknown>>) => Promise<void>
  > = {
    async settings(body) {
      const next = serverSettingsOf(readSettings(body, { ...defaults, ...settings }))
      if (isSameServer(next, settings)) return
      settings = next
      await Promise.all(both.map((side) => side.restart(next)))
      epoch += 1
    },
    async fault(body) {
      arm(readFault(body))
    },
    async order(body) {
      const order = readOrder(body)
      for (const { server } of both) {
        if (order === 'expire') server.orders.expireNow()
        else server.orders.revokeAll()
      }
    },
    async run(body) {
      const next = readFault(body)
      for (const { server } of both) server.resetCounts()
      runs += 1
      arm(next)
    },
  }

  async function call(incoming: IncomingMessage, name: string): Promise<unknown> {
    if (isForeign(incoming, port())) throw new WrongCall(403, 'from another site')
    if (incoming.method === 'GET' || incoming.method === 'HEAD') {
      if (name === 'state') return state()
      if (name === 'log') return { left: sides.left.requests, right: sides.right.requests }
      throw new WrongCall(404, 'not found')
    }
    if (!Object.hasOwn(calls, name)) throw new WrongCall(404, 'not found')
    if (incoming.method !== 'POST') throw new WrongCall(405, 'POST only')
    const body = await readBody(incoming)
    const turn = before.then(() => calls[name as keyof ControlCalls](body))
    before = turn.catch(() => undefined)
    await turn
    return state()
  }

  return {
    async answer(incoming, response, name) {
      let status = 200
      let body: unknown
      try {
        body = await call(incoming, name)
      } catch (error) {
        status = error instanceof WrongCall ? error.status : 500
        body = { error: error instanceof Error ? error.message : 'failed' }
      }
      response.writeHead(status, {
        'Content-Type': 'application/json',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      })
      response.end(JSON.stringify(body))
    },
  }
}
