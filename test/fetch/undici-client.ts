import { onTestFinished } from 'vitest'
import { Agent, fetch as undiciFetch } from 'undici'
import { createFetch } from 'unexpired/fetch'
import type { MakeClient } from '../contract/neutral-client.js'
import { fetchClient } from './client.js'

/** Around the fetch of the undici package, with a pool of its own for each client, as servers have. */
export const undiciPackageClient: MakeClient = (setup) => {
  const dispatcher = new Agent()
  onTestFinished(() => dispatcher.destroy())
  const send = undiciFetch as unknown as typeof fetch
  const options = {
    fetch: (input: RequestInfo | URL, init?: RequestInit) =>
      send(input, { ...init, dispatcher } as RequestInit),
  }
  return fetchClient(createFetch, options)(setup)
}
