import { onTestFinished, vi } from 'vitest'
import { openPage } from '../rest/page.js'
import { startEventServer, type EventServerOptions } from './event-server.js'
import { signInAt } from './stage.js'

/** Of the stream, as the example asks for it. */
export const url = 'https://api.example.com/events'

/** Runs the example in a page of an app that is signed in. */
export async function openEvents(options?: EventServerOptions) {
  const server = await startEventServer(options)
  openPage(server)
  vi.resetModules()
  const { session, api } = await import('../../../examples/fetch.js')
  const { events } = await import('../../../examples/event-stream.js')
  onTestFinished(() => void session.close())
  await session.signIn(await signInAt(server, 'ada'))
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  const stream = events(url, controller.signal)
  const next = async (): Promise<string | undefined> => (await stream.next()).value?.data
  return { server, session, api, events, stream, next, controller, ...server.tokens }
}
