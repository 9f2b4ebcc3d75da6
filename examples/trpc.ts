import { createTRPCClient, httpBatchLink } from '@trpc/client'
import type * as trpc from '@trpc/server'
import { api } from './fetch.js' // The session, its fetch and its sign-in are those of fetch.ts.

export { session, signIn } from './fetch.js'

// An app imports this type from its server.
type Call = { input: number; output: { id: number; owner: string }; meta: object }
type AppRouter = trpc.TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: trpc.TRPCDefaultErrorShape; transformer: false },
  { thing: trpc.TRPCQueryProcedure<Call>; buy: trpc.TRPCMutationProcedure<Call> }
>
const link = httpBatchLink({ url: 'https://api.example.com/trpc', fetch: api })
export const client = createTRPCClient<AppRouter>({ links: [link] })

export const getThing = (id: number) => client.thing.query(id)
export const buyThing = (id: number) => client.buy.mutate(id)
