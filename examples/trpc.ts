import { createTRPCClient, httpBatchLink } from '@trpc/client'
import type * as trpc from '@trpc/server'
import { createSession, keyValueStore } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

// An app imports this type from its server.
type Call = { input: number; output: { id: number; owner: string }; meta: object }
type AppRouter = trpc.TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: trpc.TRPCDefaultErrorShape; transformer: false },
  { thing: trpc.TRPCQueryProcedure<Call>; buy: trpc.TRPCMutationProcedure<Call> }
>
const origin = 'https://api.example.com'
const headers = { 'Content-Type': 'application/json' }
const post = (path: string, body: object, init?: RequestInit) =>
  fetch(origin + path, { ...init, method: 'POST', headers, body: JSON.stringify(body) })

export const session = createSession({
  store: keyValueStore(() => localStorage, 'auth'),
  refresh: ({ refreshToken, signal }) => post('/auth/refresh', { refreshToken }, { signal }),
  // Replaced: somebody has just signed in.
  onSignedOut: ({ reason }) => reason !== 'replaced' && location.assign(`/login?reason=${reason}`),
})
const api = createFetch(session, { origins: [origin] })
const link = httpBatchLink({ url: `${origin}/trpc`, fetch: api })
export const client = createTRPCClient<AppRouter>({ links: [link] })

export const getThing = (id: number) => client.thing.query(id)
export const buyThing = (id: number) => client.buy.mutate(id)
export const signIn = async (username: string, password: string) =>
  session.signIn(await (await post('/auth/login', { username, password })).json())
