import { createSession, type Session } from 'unexpired'
import { onTestFinished } from 'vitest'

/** It leaks here. */
export const token = 'canary-7Zk2pQ9x/4mB8+sD1'

/** A session that has it; its refresh fails. */
export async function sessionWithToken(
  more: Partial<Parameters<typeof createSession>[0]> = {},
): Promise<Session> {
  const refresh = (): Promise<never> => Promise.reject(new Error(`no more ${token}`))
  const session = createSession({ ...more, refresh })
  onTestFinished(() => void session.close())
  await session.signIn({ accessToken: 'in-force-1', refreshToken: token })
  return session
}
