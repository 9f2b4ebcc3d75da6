import { ClientError, GraphQLClient, type ResponseMiddleware } from 'graphql-request'
import { isSessionError } from 'unexpired'
import type { FetchSessionOptions } from 'unexpired/fetch'
import { describe, expect, test, vi } from 'vitest'
import { errorOf, times } from '../../contract/stage.js'
import { clientContract, type Thing } from './contract.js'
import { startGraphqlServer, type Dialect } from './graphql-server.js'
import { enter, optionsFor } from './stage.js'

const thingQuery = 'query Thing($id: Int!) { thing(id: $id) { id owner } }'
const buyMutation = 'mutation Buy($id: Int!) { buy(id: $id) { id owner } }'

const begin = async (dialect: Dialect, options: FetchSessionOptions = optionsFor[dialect]) =>
  enter(await startGraphqlServer(dialect), options)

for (const dialect of ['401', 'UNAUTHENTICATED'] as const) {
  clientContract({
    name: `graphql-request, ${dialect}`,
    start: async (user) => enter(await startGraphqlServer(dialect), optionsFor[dialect], user),
    make({ backEnd, fetch }) {
      const client = new GraphQLClient(`${backEnd.url}/graphql`, { fetch })
      return {
        async thing(id, signal) {
          const variables = { id }
          const request = { document: thingQuery, variables, ...(signal ? { signal } : {}) }
          return (await client.request<{ thing: Thing }>(request)).thing
        },
        buy: async (id) => (await client.request<{ buy: Thing }>(buyMutation, { id })).buy,
      }
    },
    sessionErrorIn: (error) => error,
    isAbort: (error) => error instanceof DOMException && error.name === 'AbortError',
  })
}

describe('graphql-request', () => {
  test.each(['none', 'ignore', 'all'] as const)(
    'errorPolicy %s hides no expiry from the session',
    async (errorPolicy) => {
      const { backEnd, fetch } = await begin('UNAUTHENTICATED')
      const client = new GraphQLClient(`${backEnd.url}/graphql`, { fetch, errorPolicy })
      backEnd.tokens.orders.expireNow()
      expect(await client.request(thingQuery, { id: 1 })).toEqual({
        thing: { id: 1, owner: 'ada' },
      })
      expect(backEnd.tokens.counts.refreshes).toBe(1)
    },
  )

  test('errorPolicy ignore turns an expiry that nobody tells the session of into no data at all', async () => {
    const { backEnd, fetch } = await begin('UNAUTHENTICATED', {})
    const client = new GraphQLClient(`${backEnd.url}/graphql`, { fetch, errorPolicy: 'ignore' })
    backEnd.tokens.orders.expireNow()
    expect(await client.request(thingQuery, { id: 1 })).toBeUndefined()
    expect(backEnd.tokens.counts.refreshes).toBe(0)
  })

  test.each(['none', 'ignore', 'all'] as const)(
    'errorPolicy %s does not hide the end of the session',
    async (errorPolicy) => {
      const { backEnd, fetch } = await begin('401')
      const client = new GraphQLClient(`${backEnd.url}/graphql`, { fetch, errorPolicy })
      backEnd.tokens.orders.expireNow()
      backEnd.tokens.orders.refuseRefresh()
      expect(await errorOf(client.request(thingQuery, { id: 1 }))).toMatchObject({
        code: 'session-ended',
      })
    },
  )

  test('a batch is answered with a list, which expired has to look into', async () => {
    const documents = times(3, (id) => ({ document: thingQuery, variables: { id } }))
    const { backEnd, fetch } = await begin('UNAUTHENTICATED')
    backEnd.tokens.orders.expireNow()
    const unseen = new GraphQLClient(`${backEnd.url}/graphql`, { fetch })
    await expect(unseen.batchRequests(documents)).rejects.toBeInstanceOf(ClientError)
    expect(backEnd.tokens.counts.refreshes).toBe(0)

    interface Result {
      errors?: { extensions?: { code?: string } }[]
    }
    const stage = await begin('UNAUTHENTICATED', {
      expired: async (response) =>
        [(await response.json()) as Result | Result[]]
          .flat()
          .some(({ errors }) =>
            errors?.some((each) => each.extensions?.code === 'UNAUTHENTICATED'),
          ),
    })
    stage.backEnd.tokens.orders.expireNow()
    const seen = new GraphQLClient(`${stage.backEnd.url}/graphql`, { fetch: stage.fetch })
    expect(await seen.batchRequests(documents)).toHaveLength(3)
    expect(stage.backEnd.executed).toEqual(['thing 0 ada', 'thing 1 ada', 'thing 2 ada'])
    expect(stage.backEnd.tokens.counts.refreshes).toBe(1)
  })

  describe('where each resolver looks at the token', () => {
    const mutation = 'mutation { vote(id: 1) { id } buy(id: 2) { id } }'
    const start = async (options: FetchSessionOptions) => {
      const stage = await enter(
        await startGraphqlServer('UNAUTHENTICATED', {}, 'resolver'),
        options,
      )
      stage.backEnd.tokens.orders.expireNow()
      const url = `${stage.backEnd.url}/graphql`
      return { ...stage, client: new GraphQLClient(url, { fetch: stage.fetch }) }
    }

    test('an error of one field executes the others again', async () => {
      const { client, backEnd } = await start(optionsFor.UNAUTHENTICATED)
      expect(await client.request(mutation)).toEqual({ vote: { id: 1 }, buy: { id: 2 } })
      expect(backEnd.executed).toEqual(['vote 1 anyone', 'vote 1 anyone', 'buy 2 ada'])
    })

    test('expired that looks at the data, too, leaves what was executed in part as it is', async () => {
      interface Answer {
        data?: Record<string, unknown>
        errors?: { extensions?: { code?: string } }[]
      }
      const { client, backEnd } = await start({
        async expired(response) {
          const { data, errors = [] } = (await response.json()) as Answer
          const isNothingDone = Object.values(data ?? {}).every((field) => field === null)
          return (
            isNothingDone && errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')
          )
        },
      })
      const error = await errorOf(client.request(mutation))
      expect(error).toMatchObject({ response: { data: { vote: { id: 1 }, buy: null } } })
      expect(backEnd.executed).toEqual(['vote 1 anyone'])
      expect(await client.request(buyMutation, { id: 3 })).toMatchObject({ buy: { id: 3 } })
      expect(backEnd.tokens.counts.refreshes).toBe(1)
    })
  })

  test('a relative URL is no URL for it, with any fetch', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>()
    const client = new GraphQLClient('/graphql', { fetch })
    expect(await errorOf(client.request(thingQuery, { id: 1 }))).toBeInstanceOf(TypeError)
    expect(fetch).not.toHaveBeenCalled()
  })

  test('responseMiddleware is told of what the server answered, and not of the end of the session', async () => {
    const { backEnd, fetch } = await begin('401')
    const responseMiddleware = vi.fn<ResponseMiddleware>()
    const client = new GraphQLClient(`${backEnd.url}/graphql`, { fetch, responseMiddleware })
    backEnd.tokens.orders.expireNow()
    await client.request(thingQuery, { id: 1 })
    expect(responseMiddleware).toHaveBeenCalledTimes(1)
    backEnd.tokens.orders.expireNow()
    backEnd.tokens.orders.refuseRefresh()
    const error = await errorOf(client.request(thingQuery, { id: 1 }))
    expect(isSessionError(error)).toBe(true)
    expect(responseMiddleware).toHaveBeenCalledTimes(1)
  })

  test('an Authorization header of its own keeps the session out', async () => {
    const { backEnd, session, fetch } = await begin('401')
    const headers = { Authorization: `Bearer ${session.tokens?.accessToken ?? ''}` }
    const client = new GraphQLClient(`${backEnd.url}/graphql`, { fetch, headers })
    backEnd.tokens.orders.expireNow()
    expect(await errorOf(client.request(thingQuery, { id: 1 }))).toBeInstanceOf(ClientError)
    expect(backEnd.tokens.counts.refreshes).toBe(0)
  })

  test('a replay that is turned down again is a ClientError with the status of the answer', async () => {
    const { backEnd, fetch } = await begin('401')
    const client = new GraphQLClient(`${backEnd.url}/graphql`, { fetch })
    backEnd.tokens.orders.failApi({ status: 401, body: {}, times: 2 })
    const error = await errorOf(client.request(thingQuery, { id: 1 }))
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toMatchObject({
      response: { status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    })
    expect(backEnd.tokens.counts.refreshes).toBe(1)
  })
})
