import { createServer } from 'node:http'
import { authorization, handWritten, withSession } from './fetch-ways.js'
import { ratiosOf } from './measure.js'

const requests = 50
const rounds = 101

/** The same over HTTP: what is left of the difference when there is a network, however short. */
export async function fetchRealServer(): Promise<Record<string, number>> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end('{"ok":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server has no address')
  const origin = `http://127.0.0.1:${address.port}`
  const url = `${origin}/me`
  const read = async (answer: Promise<Response>): Promise<unknown> => (await answer).json()
  const written = handWritten()
  const known = await withSession(origin, 3600)
  const found = await ratiosOf(
    {
      bare: () => read(fetch(url, { headers: { Authorization: authorization } })),
      handWritten: () => read(written(url)),
      unexpired: () => read(known(url)),
    },
    { requests, rounds },
  )
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  return found
}
