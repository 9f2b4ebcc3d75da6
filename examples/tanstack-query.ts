import { QueryClient } from '@tanstack/query-core'
import { isSessionError } from 'unexpired'

import { api, session } from './fetch.js' // which has signIn, too

const retryAfterMs = (error: unknown) =>
  isSessionError(error) && error.code === 'refresh-unavailable' ? error.retryAfterMs : undefined

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        failures < 3 && (!isSessionError(error) || retryAfterMs(error) !== undefined),
      retryDelay: (failures, error) => retryAfterMs(error) ?? 1_000 * 2 ** failures,
    },
  },
})
// The user before may have been another. What is on the screen is asked for anew.
session.on('signed-in', () => void queryClient.resetQueries())

export async function getOrder(id: number, signal: AbortSignal): Promise<unknown> {
  const answer = await api(`https://api.example.com/api/orders/${id}`, { signal })
  if (!answer.ok) throw new Error(`No order: ${answer.status}`)
  return answer.json()
}
