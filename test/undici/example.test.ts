import { expect, onTestFinished, test, vi } from 'vitest'
import { bearer } from '../contract/protocols.js'
import { errorOf, start, times } from '../contract/stage.js'

/** The example, at a server of its own, with somebody signed in. */
async function run() {
  const server = await start()
  vi.stubEnv('API_ORIGIN', server.url)
  vi.resetModules()
  const { addOrder, dispatcher, session } = await import('../../examples/undici.js')
  vi.unstubAllEnvs()
  onTestFinished(() => void session.close())
  onTestFinished(() => dispatcher.destroy())
  await session.signIn(await bearer.signIn(server, 'ann'))
  const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  return { server, addOrder, session, shown }
}

test('the example of undici refreshes once for a herd, and sends each body again as it was', async () => {
  const { server, addOrder } = await run()
  server.orders.expireNow()
  const answers = await Promise.all(times(8, (id) => addOrder(`tea ${id}`)))
  expect(answers).toMatchObject(times(8, (id) => ({ body: `{"item":"tea ${id}"}`, generation: 2 })))
  expect(server.counts).toMatchObject({ refreshes: 1, turnedAway: 8, served: 8 })
})

test('the example of undici ends once when the refresh is refused', async () => {
  const { server, addOrder, session, shown } = await run()
  server.orders.refuseRefresh()
  server.orders.expireNow()
  const errors = await Promise.all(times(8, () => errorOf(addOrder('tea'))))
  for (const error of errors) {
    expect(error).toMatchObject({ code: 'session-ended', reason: 'refused' })
  }
  expect(session.status).toBe('signed-out')
  expect(shown).toHaveBeenCalledTimes(1)
  expect(server.counts.refreshes).toBe(1)
})

test('the example of undici rejects what is not an order, with its status', async () => {
  const { server, addOrder } = await run()
  server.orders.failApi({ status: 403, body: { error: 'forbidden' } })
  expect(await errorOf(addOrder('tea'))).toMatchObject({ message: 'No order: 403' })
  expect(await addOrder('tea')).toMatchObject({ body: '{"item":"tea"}' })
})
