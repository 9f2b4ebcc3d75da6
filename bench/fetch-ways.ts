import { createSession } from 'unexpired'
import { createFetch, type FetchSessionOptions } from 'unexpired/fetch'

type Fetch = typeof fetch

const accessToken = 'token'
export const authorization = `Bearer ${accessToken}`

/** What everybody writes, as small as it gets. */
export function handWritten(): Fetch {
  // Read at each request, as where a refresh may have changed it.
  const current = { token: accessToken }
  return async (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}))
    headers.set('Authorization', `Bearer ${current.token}`)
    const response = await fetch(input, { ...init, headers })
    if (response.status === 401) throw new Error('refresh, and send again')
    return response
  }
}

/** The same where the answer's body says that the token has expired. */
export function handWrittenLooking(): Fetch {
  const send = handWritten()
  return async (input, init) => {
    const response = await send(input, init)
    const { code } = (await response.clone().json()) as { code?: number }
    if (code === 1234) throw new Error('refresh, and send again')
    return response
  }
}

/** A fetch with a session whose token is live. */
export async function withSession(
  origin: string,
  expiresIn: number | undefined,
  options: FetchSessionOptions = {},
): Promise<Fetch> {
  const session = createSession({ refresh: () => Promise.reject(new Error('not here')) })
  await session.signIn({ accessToken, expiresIn })
  return createFetch(session, { origins: [origin], ...options })
}

export const looking: FetchSessionOptions = {
  expired: async (response) => ((await response.json()) as { code?: number }).code === 1234,
}
