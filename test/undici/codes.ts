import type { IncomingMessage, ServerResponse } from 'node:http'
import type { UndiciSessionOptions } from 'unexpired/undici'
import { serve, turningAway } from './scene.js'
import type { OwnServer } from './scene.js'

export const saysNo = JSON.stringify({ code: 1234, message: 'who are you?' })
export const saysYes = JSON.stringify({ code: 0 })

export const json = { 'Content-Type': 'application/json; charset=utf-8' }

/** As an app writes it. */
export const byCode: UndiciSessionOptions = {
  expired: async (response) => ((await response.json()) as { code?: number }).code === 1234,
}

export const sayYes = (_: IncomingMessage, response: ServerResponse): unknown =>
  response.writeHead(200, json).end(saysYes)

/** A server that says no, with 200 and in the body, to the first token. */
export const coded = (
  head: Record<string, string | number>,
  body: string | Buffer = saysNo,
): Promise<OwnServer> =>
  serve(turningAway(sayYes, (_, response) => response.writeHead(200, head).end(body)))
