import { createServer } from 'node:http'
import { Agent, request, type Dispatcher } from 'undici'
import { createSession } from 'unexpired'
import { sessionInterceptor } from 'unexpired/undici'
import { ratiosOf } from './measure.js'
import { StubDispatcher } from './stub-dispatcher.js'

const authorization = 'Bearer token'

/** What everybody writes, as small as it gets. */
const handWritten: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const headers = { ...(options.headers as Record<string, string>), authorization }
  return dispatch({ ...options, headers }, handler)
}

async function withSession(origin: string, expiresIn: number | undefined) {
  const session = createSession({ refresh: () => Promise.reject(new Error('not here')) })
  await session.signIn({ accessToken: 'token', expiresIn })
  return sessionInterceptor(session, { origins: [origin] })
}

/** The same GET through each dispatcher, the answer read as JSON. */
async function compare(
  bare: Dispatcher,
  origin: string,
  rounds: { readonly requests: number; readonly rounds: number },
): Promise<Record<string, number>> {
  const url = `${origin}/me`
  const read = async (answer: Promise<Dispatcher.ResponseData>): Promise<unknown> =>
    (await answer).body.json()
  const written = bare.compose(handWritten)
  const unknown = bare.compose(await withSession(origin, undefined))
  const known = bare.compose(await withSession(origin, 3600))
  return ratiosOf(
    {
      bare: () => read(request(url, { dispatcher: bare, headers: { authorization } })),
      handWritten: () => read(request(url, { dispatcher: written })),
      unexpired: () => read(request(url, { dispatcher: unknown })),
      unexpiredWithLifetime: () => read(request(url, { dispatcher: known })),
    },
    rounds,
  )
}

/** A request of undici's with a live token, against one with the header set by hand. */
export const undiciLiveToken = (): Promise<Record<string, number>> =>
  compare(new StubDispatcher(() => 200), 'https://api.example.com', { requests: 200, rounds: 401 })

/** The same over HTTP. */
export async function undiciRealServer(): Promise<Record<string, number>> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end('{"ok":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server has no address')
  const agent = new Agent()
  const found = await compare(agent, `http://127.0.0.1:${address.port}`, {
    requests: 50,
    rounds: 101,
  })
  await agent.close()
  await new Promise((resolve) => server.close(resolve))
  return found
}
