import { expect, onTestFinished, vi } from 'vitest'

import { startTokenServer } from 'unexpired/testing'
import type { EchoedRequest, TokenServer, TokenServerOptions } from 'unexpired/testing'

/** A server that ends with its test, and fails it where orders were left unused. */
export async function start(options?: TokenServerOptions): Promise<TokenServer> {
  const server = await startTokenServer(options)
  onTestFinished(() => server.close())
  return server
}

export interface PlainTokens {
  accessToken: string
  refreshToken: string
  expiresIn?: number | string
  tokenType: string
}

export interface XAnswer<Data> {
  code: number
  message: string
  data: Data
}

export const json = async <T>(answer: Response | Promise<Response>): Promise<T> =>
  (await (await answer).json()) as T

export const postJson = (url: string, body: unknown): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })

export const postForm = (url: string, fields: Record<string, string>): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields) })

export const signIn = (server: TokenServer, username = 'ann'): Promise<PlainTokens> =>
  json<PlainTokens>(postJson(`${server.url}/auth/login`, { username }))

export const refresh = (server: TokenServer, refreshToken: string): Promise<Response> =>
  postJson(`${server.url}/auth/refresh`, { refreshToken })

/** Sends a request to the Bearer API. */
export const call = (
  server: TokenServer,
  accessToken: string,
  path = '/api/thing',
  init: RequestInit = {},
): Promise<Response> =>
  fetch(`${server.url}${path}`, { ...init, headers: bearer(accessToken, init.headers) })

function bearer(accessToken: string, more?: HeadersInit): Headers {
  const headers = new Headers(more)
  headers.set('Authorization', `Bearer ${accessToken}`)
  return headers
}

export const echo = (
  server: TokenServer,
  accessToken: string,
  path?: string,
  init?: RequestInit,
): Promise<EchoedRequest> => json<EchoedRequest>(call(server, accessToken, path, init))

/** Sends a request that gets no answer, and gives up once the server has it. */
export async function giveUp(
  server: TokenServer,
  path: string,
  init: RequestInit,
  has: () => boolean,
): Promise<void> {
  const patience = new AbortController()
  const answer = fetch(`${server.url}${path}`, { ...init, signal: patience.signal })
  const given = expect(answer).rejects.toThrow('aborted')
  await vi.waitFor(() => expect(has()).toBe(true), { interval: 2 })
  patience.abort()
  await given
}

/** Waits as long as the real clock must. */
export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
