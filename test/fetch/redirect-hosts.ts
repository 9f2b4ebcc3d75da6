import type { FetchSessionOptions } from 'unexpired/fetch'
import { signedIn } from './scene.js'
import { serve } from './server.js'
import type { Answer, Received, Server } from './server.js'

/** A header that the platform knows nothing of. */
export const xToken: FetchSessionOptions = { header: 'X-Token', scheme: '' }

/** Leads along `to`, which may be named more than once; then answers. */
const leads: Answer = ({ url }, response) => {
  const { searchParams, pathname } = new URL(url, 'http://any')
  const [next, ...rest] = searchParams.getAll('to')
  if (next === undefined) {
    response.setHeader('X-End', pathname).end(`the end at ${pathname}`)
    return
  }
  const status = searchParams.get('status') ?? ''
  const location = new URL(next)
  for (const place of rest) location.searchParams.append('to', place)
  if (rest.length) location.searchParams.set('status', status)
  response.writeHead(Number(status), { Location: location.href })
  response.end('moved')
}

export interface Hosts {
  readonly home: Server
  readonly elsewhere: Server
}

/** Two servers that lead to one another. */
export const leadingHosts = async (): Promise<Hosts> => ({
  home: await serve(leads),
  elsewhere: await serve(leads),
})

/** The URL at home that leads along these. */
export const leadingUrl = ({ home }: Hosts, status: string, way: readonly string[]): string => {
  const query = new URLSearchParams([['status', status], ...way.map((to) => ['to', to])])
  return `${home.url}/from?${query.toString()}#part`
}

/** A request, but for the token. */
const plain = ({ headers, method, url, body }: Received): unknown => {
  const { 'x-token': _token, ...rest } = headers
  return { method, url, headers: rest, body: body.toString() }
}

/** In order. */
const tokens = (requests: readonly Received[]): unknown[] =>
  requests.map(({ headers }) => headers['x-token'])

/** What came of a request, on all sides. */
export interface Told {
  /** Everything but tokens. */
  readonly all: unknown
  /** The tokens that came home, and that came elsewhere. */
  readonly signed: { readonly home: unknown[]; readonly elsewhere: unknown[] }
  readonly answer: object
}

async function told({ home, elsewhere }: Hosts, send: () => Promise<Response>): Promise<Told> {
  const before = [home.requests.length, elsewhere.requests.length]
  const answer = await send().then(
    async (response) => {
      const { status, statusText, ok, redirected, url, headers } = response
      const end = headers.get('x-end')
      return { status, statusText, ok, redirected, url, end, text: await response.text() }
    },
    (error: Error) => ({ thrown: error.name }),
  )
  const came = {
    home: home.requests.slice(before[0]),
    elsewhere: elsewhere.requests.slice(before[1]),
  }
  return {
    all: { answer, home: came.home.map(plain), elsewhere: came.elsewhere.map(plain) },
    signed: { home: tokens(came.home), elsewhere: tokens(came.elsewhere) },
    answer,
  }
}

type Make = (token: Readonly<Record<string, string>>) => Parameters<typeof fetch>

/**
 * The same request, sent by the platform and by us.
 *
 * @param make - makes it; with the token, where it is for the platform
 */
export async function bothWays(hosts: Hosts, make: Make): Promise<{ theirs: Told; ours: Told }> {
  const { api } = await signedIn({ origins: [hosts.home.url], ...xToken })
  return {
    theirs: await told(hosts, () => fetch(...make({ 'X-Token': 'first' }))),
    ours: await told(hosts, () => api(...make({}))),
  }
}

/** None of those that came elsewhere. */
export const none = (signed: readonly unknown[]): undefined[] => signed.map(() => undefined)
