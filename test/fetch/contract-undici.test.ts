import { onTestFinished } from 'vitest'
import { Agent, fetch as undiciFetch } from 'undici'
import { createFetch } from 'unexpired/fetch'
import { describeClientContract } from '../contract/client-contract.js'
import { xToken } from '../contract/protocols.js'
import { fetchClient } from './client.js'
import type { MakeClient } from '../contract/neutral-client.js'

/** A pool of its own for each client, as servers have. */
const make: MakeClient = (setup) => {
  const dispatcher = new Agent()
  onTestFinished(() => dispatcher.destroy())
  const send = undiciFetch as unknown as typeof fetch
  const options = {
    fetch: (input: RequestInfo | URL, init?: RequestInit) =>
      send(input, { ...init, dispatcher } as RequestInit),
  }
  return fetchClient(createFetch, options)(setup)
}

describeClientContract(
  'fetch of the undici package',
  make,
  {
    isCancel: (error) => (error as Error).name === 'AbortError',
    redirects: { authorization: 'followed', custom: 'followed' },
    streams: { 'a web stream': () => new Blob(['streamed bytes']).stream() },
  },
  [xToken],
)
