import type { Session } from 'unexpired'
import { onTestFinished, vi } from 'vitest'

import { start } from '../../contract/stage.js'
import { openPage } from './page.js'

/** An example, told in the words that they have in common. */
export interface Example {
  readonly session: Session
  signIn(username: string, password: string): Promise<void>
  getOrder(id: number): PromiseLike<unknown>
  /** TanStack Query's mutations need a component. */
  addOrder?(item: string): PromiseLike<unknown>
}

/** For those that build on the session of the example fetch. */
async function ofFetch() {
  const { session, signIn } = await import('../../../examples/fetch.js')
  return { session, signIn }
}

const bodyOf = async (answer: Promise<Response>): Promise<unknown> => (await answer).json()

const examples = {
  async fetch() {
    const { getOrder, addOrder, ...more } = await import('../../../examples/fetch.js')
    return {
      ...more,
      getOrder: (id) => bodyOf(getOrder(id)),
      addOrder: (item) => bodyOf(addOrder(item)),
    }
  },
  ky: () => import('../../../examples/ky.js'),
  ofetch: () => import('../../../examples/ofetch.js'),
  async 'openapi-fetch'() {
    const { getOrder, addOrder } = await import('../../../examples/openapi-fetch.js')
    return {
      ...(await ofFetch()),
      getOrder: async (id) => (await getOrder(id)).data,
      addOrder: async (item) => (await addOrder(item)).data,
    }
  },
  wretch: () => import('../../../examples/wretch.js'),
  alova: async () => ({ ...(await import('../../../examples/alova.js')), ...(await ofFetch()) }),
  async 'rtk-query'() {
    const { api, store } = await import('../../../examples/rtk-query.js')
    const { getOrder, addOrder } = api.endpoints
    // Its timers.
    onTestFinished(() => void store.dispatch(api.util.resetApiState()))
    return {
      ...(await ofFetch()),
      getOrder: (id) => store.dispatch(getOrder.initiate(id)).unwrap(),
      addOrder: (item) => store.dispatch(addOrder.initiate({ item })).unwrap(),
    }
  },
  async 'tanstack-query'() {
    const { getOrder, queryClient } = await import('../../../examples/tanstack-query.js')
    onTestFinished(() => queryClient.clear())
    return {
      ...(await ofFetch()),
      getOrder: (id) =>
        queryClient.query({
          queryKey: ['order', id],
          staleTime: Infinity,
          queryFn: ({ signal }) => getOrder(id, signal),
        }),
    }
  },
} satisfies Record<string, () => Promise<Example>>

export type ExampleName = keyof typeof examples

export const exampleNames = Object.keys(examples) as ExampleName[]

/** Opens the page of an app that is such an example, and signs in. */
export async function run(name: ExampleName) {
  const server = await start()
  const { assign } = openPage(server)
  vi.resetModules()
  const example: Example = await examples[name]()
  onTestFinished(() => void example.session.close())
  await example.signIn('ada', 'lovelace')
  return { ...example, server, assign }
}
