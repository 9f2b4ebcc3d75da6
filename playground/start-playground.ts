import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'

import type { PageFiles } from './build-page.js'
import { createControl } from './server/control.js'
import { isForeign, isOwnHost, pageOrigins } from './server/guard.js'
import { listen, shut } from './server/listen.js'
import type { Listening } from './server/listen.js'
import { findFile, sendFile } from './server/page-files.js'
import { startSide } from './server/side.js'
import type { Side } from './server/side.js'
import { controlPath, linePath } from './shared/control-api.js'
import type { SideName } from './shared/control-api.js'
import { defaults } from './shared/settings.js'

export interface PlaygroundOptions {
  /** 0 takes any free one. Without it: 5173, or any free one where that is taken. */
  readonly port?: number
  /** What `buildPage` made, where it was built already. */
  readonly files?: PageFiles
}

export type { Side } from './server/side.js'

/** The playground, while it runs. */
export interface Playground {
  /** Of its page, such as `http://127.0.0.1:5173/`. */
  readonly url: string
  /** The token server of the plain copied interceptor. */
  readonly left: Side
  /** The token server of unexpired. */
  readonly right: Side
  /** The token server of the React page, below `/app`. */
  readonly app: Side
  close(): Promise<void>
}

const usualPort = 5173

/**
 * Browsers open six connections to an origin that speaks HTTP/1.1, and let all else wait. A site of
 * today has no such limit: so each side has some more origins, and requests are spread over them.
 */
const linesASide = 8

/** How long an access token of the React page lives. Seconds. */
const appLifetime = 15

/** Builds the pages and serves them on 127.0.0.1, beside three token servers. */
export async function startPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const files = options.files ?? (await build())
  const opened: { close(): Promise<void> }[] = []
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
  }
  const keep = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.push(one)
    return one
  }
  try {
    return { ...(await open(files, options.port, keep)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The bundler is large: who has the pages already does without it. */
async function build(): Promise<PageFiles> {
  const { buildPage } = await import('./build-page.js')
  return buildPage()
}

type Keep = <T extends { close(): Promise<void> }>(one: T) => T

async function open(
  files: PageFiles,
  wanted: number | undefined,
  keep: Keep,
): Promise<Omit<Playground, 'close'>> {
  const left = keep(await startSide(defaults))
  const right = keep(await startSide(defaults))
  const app = keep(await startSide({ ...defaults, lifetime: appLifetime, rotation: 'strict' }))
  const prefixes: Readonly<Record<string, Side>> = { left, right, app }
  const lines: Record<SideName, string[]> = { left: [], right: [] }
  let port = 0

  const turnAway = (response: ServerResponse, status: number): void => {
    response.writeHead(status, { 'Content-Type': 'text/plain' }).end('not for you, or not here\n')
  }

  const control = createControl({ sides: { left, right }, lines: () => lines, port: () => port })

  function answer(incoming: IncomingMessage, response: ServerResponse): void {
    const url = incoming.url ?? '/'
    if (!isOwnHost(incoming, port)) return turnAway(response, 403)
    const [path = '/'] = url.split('?')
    const [, first = ''] = path.split('/')
    const side = Object.hasOwn(prefixes, first) ? prefixes[first] : undefined
    if (side) {
      if (isForeign(incoming, port)) return turnAway(response, 403)
      return side.serve(incoming, response, url.slice(first.length + 1) || '/', {})
    }
    if (path.startsWith(`${controlPath}/`)) {
      void control.answer(incoming, response, path.slice(controlPath.length + 1))
      return undefined
    }
    const file = findFile(files, path)
    if (!file) return turnAway(response, 404)
    if (incoming.method !== 'GET' && incoming.method !== 'HEAD') return turnAway(response, 405)
    return sendFile(incoming, response, file, [...lines.left, ...lines.right])
  }

  async function openLine(name: SideName, side: Side): Promise<void> {
    const line: Listening = await listen(
      (incoming, response) => {
        const { origin } = incoming.headers
        const isPage = origin !== undefined && pageOrigins(port).includes(origin)
        if (!isOwnHost(incoming, line.port) || !isPage) return turnAway(response, 403)
        const headers = crossOrigin(origin)
        if (incoming.method === 'OPTIONS') {
          response.writeHead(204, { ...headers, ...preflight(incoming) }).end()
          return undefined
        }
        // Whether there is a way, not whether anybody gets through.
        if (incoming.url === linePath) {
          response.writeHead(204, headers).end()
          return undefined
        }
        return side.serve(incoming, response, incoming.url ?? '/', headers)
      },
      0,
      false,
    )
    keep({ close: () => shut(line) })
    lines[name].push(`http://127.0.0.1:${line.port}`)
  }

  for (const [name, side] of [
    ['left', left],
    ['right', right],
  ] as const) {
    await Promise.all(Array.from({ length: linesASide }, () => openLine(name, side)))
  }
  const page = await listen(answer, wanted ?? usualPort, wanted === undefined)
  keep({ close: () => shut(page) })
  ;({ port } = page)
  return { url: `http://127.0.0.1:${port}/`, left, right, app }
}

const crossOrigin = (origin: string): OutgoingHttpHeaders => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Expose-Headers': 'WWW-Authenticate, Retry-After',
  Vary: 'Origin',
})

const preflight = ({ headers }: IncomingMessage): OutgoingHttpHeaders => ({
  'Access-Control-Allow-Methods': headers['access-control-request-method'],
  'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '',
  'Access-Control-Max-Age': '7200',
})
