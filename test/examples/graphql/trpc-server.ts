import { initTRPC, TRPCError } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import type { TokenServerOptions } from 'unexpired/testing'
import { startBackEnd, type BackEnd } from './back-end.js'
import type { Thing } from './contract.js'

/**
 * Where a bad token is noticed: when the context is made, for all calls of a request at once, or in
 * each procedure that wants to know who calls.
 */
export type TrpcDialect = 'context' | 'procedure'

/** An API of tRPC at `/trpc`. */
export interface TrpcServer extends BackEnd {
  /** Each time that a procedure ran: its name, its input and whose token it was. */
  readonly executed: readonly string[]
}

export type AppRouter = ReturnType<typeof makeRouter>

interface Context {
  readonly user: string | undefined
}

const unauthorized = (): TRPCError => new TRPCError({ code: 'UNAUTHORIZED' })

function asNumber(input: unknown): number {
  if (typeof input === 'number') return input
  throw new TypeError('expected a number')
}

function makeRouter(executed: string[]) {
  const { procedure, router } = initTRPC.context<Context>().create()
  const ofUser = procedure.use(({ ctx: { user }, next }) => {
    if (user === undefined) throw unauthorized()
    return next({ ctx: { user } })
  })
  function execute(field: string, id: number, owner: string): Thing {
    executed.push(`${field} ${id} ${owner}`)
    return { id, owner }
  }
  return router({
    thing: ofUser.input(asNumber).query(({ input, ctx }) => execute('thing', input, ctx.user)),
    buy: ofUser.input(asNumber).mutation(({ input, ctx }) => execute('buy', input, ctx.user)),
    /** Open to everybody. */
    vote: procedure.input(asNumber).mutation(({ input }) => execute('vote', input, 'anyone')),
  })
}

export async function startTrpcServer(
  dialect: TrpcDialect,
  {
    streamStatus = false,
    ...options
  }: TokenServerOptions & {
    /** Says 401 for streams, too, where there is no context. */
    readonly streamStatus?: boolean
  } = {},
): Promise<TrpcServer> {
  const executed: string[] = []
  const router = makeRouter(executed)
  const backEnd = await startBackEnd(
    {
      '/trpc': (incoming, response, { admit }) =>
        createHTTPHandler({
          router,
          basePath: '/trpc/',
          async createContext({ req: { headers } }): Promise<Context> {
            const user = await admit(headers.authorization)
            if (dialect === 'context' && headers.authorization && !user) throw unauthorized()
            return { user }
          },
          responseMeta: ({ ctx }) => (streamStatus && !ctx ? { status: 401 } : {}),
        })(incoming, response),
    },
    options,
  )
  return { ...backEnd, executed }
}
