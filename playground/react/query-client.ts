import { QueryClient } from '@tanstack/react-query'
import { isSessionError } from 'unexpired'
import type { Session } from 'unexpired'

/** How long a refresh will be unavailable, where that is what went wrong. */
export const retryAfterMs = (error: unknown): number | undefined =>
  isSessionError(error) && error.code === 'refresh-unavailable' ? error.retryAfterMs : undefined

export function createQueryClient(session: Session): QueryClient {
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          failures < 3 && (!isSessionError(error) || retryAfterMs(error) !== undefined),
        retryDelay: (failures, error) => retryAfterMs(error) ?? 1_000 * 2 ** failures,
      },
    },
  })
  // Whoever has signed in may be another user: nothing of the one before may be seen.
  session.on('signed-in', () => void queryClient.resetQueries())
  return queryClient
}
