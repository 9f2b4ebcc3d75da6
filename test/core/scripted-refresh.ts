import type { RefreshRequest, TokenResponse } from 'unexpired'

/** One answer: an Error is thrown, a function is asked, all else is returned. */
export type Answer =
  | Error
  | ((request: RefreshRequest) => unknown)
  | object
  | string
  | number
  | null
  | undefined

/** A refresh function that does what it is told, and remembers what it was given. */
export interface ScriptedRefresh {
  (request: RefreshRequest): Promise<TokenResponse>
  readonly calls: RefreshRequest[]
}

/** The tokens of a generation, when all goes well. */
export const tokensOf = (generation: number) => ({
  accessToken: `access-${generation}`,
  refreshToken: `refresh-${generation}`,
  expiresIn: 60,
})

/** Never answers. */
export const never = (): Promise<never> => new Promise(() => undefined)

/** Answers in the order of the script, and after its end with new tokens, of generation 2, 3 and so on. */
export function scriptedRefresh(...script: readonly Answer[]): ScriptedRefresh {
  const calls: RefreshRequest[] = []
  let generation = 1
  async function refresh(request: RefreshRequest): Promise<TokenResponse> {
    const turn = calls.push(request)
    if (turn > script.length) return tokensOf((generation += 1))
    const answer = script[turn - 1]
    if (answer instanceof Error) throw answer
    return (typeof answer === 'function' ? answer(request) : answer) as TokenResponse
  }
  return Object.assign(refresh, { calls })
}

/** A fetch Response with a JSON body. */
export const jsonResponse = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Response => new Response(JSON.stringify(body), { status, headers })

/** What axios throws: the answer hangs on the error. */
export const axiosLikeError = (
  status: number,
  data: unknown,
  headers: Record<string, string> = {},
): Error =>
  Object.assign(new Error(`Request failed with status code ${status}`), {
    name: 'AxiosError',
    code: status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE',
    response: { status, data, headers },
  })
