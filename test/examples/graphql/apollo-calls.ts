import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client'
import type { TypedDocumentNode } from '@apollo/client'
import { onTestFinished } from 'vitest'
import type { Thing } from './contract.js'
import { startGraphqlServer, type Dialect, type GraphqlServer } from './graphql-server.js'
import { enter, optionsFor, type Stage } from './stage.js'

export const thingQuery: TypedDocumentNode<{ thing: Thing }, { id: number }> = gql`
  query Thing($id: Int!) {
    thing(id: $id) {
      id
      owner
    }
  }
`
export const buyMutation: TypedDocumentNode<{ buy: Thing }, { id: number }> = gql`
  mutation Buy($id: Int!) {
    buy(id: $id) {
      id
      owner
    }
  }
`

export const begin = async (
  dialect: Dialect = '401',
  user?: false,
): Promise<Stage<GraphqlServer>> =>
  enter(await startGraphqlServer(dialect), optionsFor[dialect], user)

/** A client, with links before the one that fetches. */
export function makeApollo(
  { backEnd, fetch }: Stage<GraphqlServer>,
  ...links: ApolloLink[]
): ApolloClient {
  const http = new HttpLink({ uri: `${backEnd.url}/graphql`, fetch })
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([...links, http]),
  })
  onTestFinished(() => client.stop())
  return client
}
