import { createServer } from 'node:http'
import { Agent } from 'node:http'
import axios from 'axios'
import { createSession } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { ratios } from './measure.js'

const requests = 400
const rounds = 25

/** The same over HTTP: what is left of the difference when there is a network, however short. */
export async function realServer(): Promise<Record<string, number>> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end('{"ok":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server has no address')
  const httpAgent = new Agent({ keepAlive: true })
  const make = () => axios.create({ baseURL: `http://127.0.0.1:${address.port}`, httpAgent })

  const session = createSession({ refresh: () => Promise.reject(new Error('not here')) })
  await session.signIn({ accessToken: 'token', expiresIn: 3600 })
  const instances = { bare: make(), unexpired: attachSession(make(), session) }
  const found = await ratios(instances, { requests, rounds })
  httpAgent.destroy()
  await new Promise((resolve) => server.close(resolve))
  return found
}
