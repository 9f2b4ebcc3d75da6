import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  buildSchema,
  getOperationAST,
  graphql,
  GraphQLError,
  OperationTypeNode,
  parse,
} from 'graphql'
import type { TokenServerOptions } from 'unexpired/testing'
import { bodyOf, startBackEnd, type BackEnd, type Handler } from './back-end.js'

/** How a server says that a token has expired: by HTTP's status, or with HTTP 200 and an error. */
export type Dialect = '401' | 'UNAUTHENTICATED'

/** Who says so: whatever stands before the execution, or each resolver that wants to know who asks. */
export type SaidBy = 'server' | 'resolver'

/** A GraphQL API at `/graphql`. */
export interface GraphqlServer extends BackEnd {
  /** Each time that a resolver ran: the field, its argument and whose token it was. */
  readonly executed: readonly string[]
  /** The streams that are open: of subscriptions. */
  readonly streams: readonly GraphqlStream[]
}

/** The answer to a subscription: in as many parts as the test wants. */
export interface GraphqlStream {
  send(ticks: number): void
  end(): void
  /** The client has gone. */
  isClosed(): boolean
}

const schema = buildSchema(`
  type Thing { id: Int! owner: String! }
  type Query { thing(id: Int!): Thing }
  type Mutation { buy(id: Int!): Thing, vote(id: Int!): Thing }
  type Subscription { ticks: Int! }
`)

const unauthenticated = { extensions: { code: 'UNAUTHENTICATED' } }

const json = 'application/json; charset=utf-8'
/** Of well-formed answers, where the client knows it (GraphQL over HTTP). */
const graphqlJson = 'application/graphql-response+json; charset=utf-8'

interface Operation {
  readonly query: string
  readonly variables?: Record<string, unknown>
}

export async function startGraphqlServer(
  dialect: Dialect,
  options?: TokenServerOptions,
  saidBy: SaidBy = 'server',
): Promise<GraphqlServer> {
  const executed: string[] = []
  const streams: GraphqlStream[] = []

  async function execute(
    user: string | undefined,
    { query, variables }: Operation,
  ): Promise<object> {
    const resolve =
      (field: string, owner = user) =>
      ({ id }: { id: number }) => {
        if (owner === undefined) throw new GraphQLError('Who are you?', unauthenticated)
        executed.push(`${field} ${id} ${owner}`)
        return { id, owner }
      }
    return graphql({
      schema,
      source: query,
      rootValue: {
        thing: resolve('thing'),
        buy: resolve('buy'),
        vote: resolve('vote', 'anyone'),
      },
      variableValues: variables ?? null,
    })
  }

  const handler: Handler = async (incoming, response, { admit }) => {
    const operations = await operationsOf(incoming)
    const user = await admit(incoming.headers.authorization)
    const accept = incoming.headers.accept ?? ''
    const type = accept.includes('graphql-response+json') ? graphqlJson : json
    if (user === undefined && saidBy === 'server') {
      const error = { message: 'Who are you?', ...unauthenticated }
      const answer = Array.isArray(operations)
        ? operations.map(() => ({ errors: [error] }))
        : { errors: [error] }
      response.writeHead(dialect === '401' ? 401 : 200, { 'Content-Type': type })
      response.end(JSON.stringify(answer))
    } else if (isSubscription(operations)) {
      streams.push(open(response, accept.includes('text/event-stream') ? 'events' : 'multipart'))
    } else {
      const answer = Array.isArray(operations)
        ? await Promise.all(operations.map((each) => execute(user, each)))
        : await execute(user, operations)
      response.writeHead(200, { 'Content-Type': type }).end(JSON.stringify(answer))
    }
  }

  const backEnd = await startBackEnd({ '/graphql': handler }, options)
  return { ...backEnd, executed, streams }
}

/** One, or a batch of them. */
async function operationsOf(incoming: IncomingMessage): Promise<Operation | Operation[]> {
  if (incoming.method === 'POST') return JSON.parse(await bodyOf(incoming)) as Operation
  const { searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1')
  const variables = JSON.parse(searchParams.get('variables') ?? '{}') as Record<string, unknown>
  return { query: searchParams.get('query') ?? '', variables }
}

const isSubscription = (operations: Operation | Operation[]): boolean =>
  !Array.isArray(operations) &&
  getOperationAST(parse(operations.query))?.operation === OperationTypeNode.SUBSCRIPTION

/** Server-sent events as urql takes them, or Apollo's subscriptions over multipart. */
function open(response: ServerResponse, as: 'events' | 'multipart'): GraphqlStream {
  const isClosed = (): boolean => response.closed
  if (as === 'events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()
    return {
      send: (ticks) => void response.write(`data: ${JSON.stringify({ data: { ticks } })}\n\n`),
      end: () => void response.end('event: complete\ndata:\n\n'),
      isClosed,
    }
  }
  response.writeHead(200, {
    'Content-Type': 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0"',
  })
  response.write('\r\n--graphql')
  return {
    send(ticks) {
      const part = JSON.stringify({ payload: { data: { ticks } } })
      response.write(`\r\nContent-Type: application/json\r\n\r\n${part}\r\n--graphql`)
    },
    end: () => void response.end('--\r\n'),
    isClosed,
  }
}
