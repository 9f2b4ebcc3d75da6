import { createFetch } from 'unexpired/fetch'
import { expect, test } from 'vitest'
import { startRecorder } from '../contract/recorder.js'
import { bearer, xToken } from '../contract/protocols.js'
import { enter } from '../contract/stage.js'
import { fetchClient } from './client.js'

test('a 401 of another origin that was named refreshes nothing where the platform left the token out', async () => {
  const other = await startRecorder()
  const stage = await enter(fetchClient(createFetch), bearer)
  const api = createFetch(stage.session, { origins: [stage.server.url, other.url] })
  const answer = await api(`${stage.server.url}/api/redirect?to=${other.url}/caught&status=307`)
  expect(answer.status).toBe(401)
  expect(other.requests[0]?.headers.authorization).toBeUndefined()
  expect(stage.server.counts.refreshes).toBe(0)
})

test('a header of our own goes along to another origin that was named, whose word counts', async () => {
  const other = await startRecorder()
  const stage = await enter(fetchClient(createFetch), xToken)
  const { server, session, tokens } = stage
  const origins = [server.url, other.url]
  const api = createFetch(session, { header: 'X-Token', scheme: '', origins })
  await api(`${server.url}/x/redirect?to=${other.url}/caught&status=307`)
  expect(other.requests[0]?.headers['x-token']).toBe(tokens?.accessToken)
  expect(server.counts.refreshes).toBe(1)
})
