import { Agent, interceptors, request } from 'undici'
import { createSession } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'

const origin = process.env['API_ORIGIN'] ?? 'https://api.example.com'
const json = (value: unknown) => ({
  method: 'POST' as const,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
})

export const session = createSession({
  // Goes past the dispatcher.
  refresh: ({ refreshToken, signal }) =>
    fetch(`${origin}/auth/refresh`, { ...json({ refreshToken }), signal }),
  onSignedOut: ({ reason }) => console.error(`sign in again: ${reason}`),
})
export const dispatcher = new Agent().compose(
  sessionInterceptor(session, { origins: [origin] }),
  interceptors.redirect({ maxRedirections: 5 }),
)
export async function addOrder(item: string): Promise<unknown> {
  const answer = await request(`${origin}/api/orders`, { dispatcher, ...json({ item }) })
  if (answer.statusCode >= 400) {
    await answer.body.dump() // its connection is for others
    throw new Error(`No order: ${answer.statusCode}`)
  }
  return answer.body.json()
}
