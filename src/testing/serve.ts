import type { IncomingMessage, ServerResponse } from 'node:http'

import { decide } from './decide.js'
import { allowAnyOrigin, answerPreflight, receive, send } from './exchange.js'
import { attribute, settle } from './ledger.js'
import type { Protocol, ReceivedRequest, Route } from './protocol.js'
import { realNow } from './real-time.js'
import { credentialHeaders } from './resources.js'
import type { ServerState } from './state.js'

const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>unexpired token server</title>
<p>A server for tests. This page gives a browser its origin.</p></html>
`

const home: Protocol = ({ method, path }) =>
  method === 'GET' && path === '/'
    ? {
        kind: 'other',
        answer: {
          status: 200,
          headers: { 'Content-Type': 'text/html; charset=utf-8' },
          text: page,
        },
      }
    : undefined

const notHere: Route = { kind: 'other', answer: { status: 404, json: { error: 'not_found' } } }

/** Takes one request from its arrival to its end. */
export async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  state: ServerState,
): Promise<void> {
  const at = realNow()
  allowAnyOrigin(incoming, response)
  if (answerPreflight(incoming, response)) return

  const request = await receive(incoming)
  const route = routeOf(request, [home, ...state.protocols])
  const { ledger, families, settings } = state
  const entry = ledger.enter({
    at,
    method: request.method,
    path: request.path,
    kind: route.kind,
    credentials: credentialHeaders(request.headers),
  })
  if ('token' in route) attribute(entry, families.recognise(route.token))
  const done = route.kind === 'refresh' ? ledger.refreshing() : undefined

  const { fate, delayMs } = state.book.meet(route.kind, request.path)
  const latency =
    route.kind === 'api' || route.kind === 'refresh' ? settings.latency[route.kind] : 0
  await state.pause(latency + delayMs)

  const { outcome, answer, issued } = await decide(route, request, fate, state)
  done?.()
  if (issued) attribute(entry, issued)
  settle(entry, outcome, answer?.status)
  if (answer) await send(response, answer)
  // Not `response.destroy()`: Bun answers 200 to that.
  else if (outcome === 'dropped') incoming.socket.destroy()
}

function routeOf(request: ReceivedRequest, protocols: readonly Protocol[]): Route {
  for (const protocol of protocols) {
    const route = protocol(request)
    if (route) return route
  }
  return notHere
}
