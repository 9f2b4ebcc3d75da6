import { useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'

import type { Answer, BackEnd } from './back-end.js'

/** Asks for it, and again every so often: a plain query, which knows nothing of tokens. */
export const useAnswer = (
  { get }: BackEnd,
  path: string,
  everyMs: number,
): UseQueryResult<Answer> =>
  useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get(path, signal),
    refetchInterval: everyMs,
  })
