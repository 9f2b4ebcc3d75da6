import { EventSourceParserStream } from 'eventsource-parser/stream'
import { SessionEndedError } from 'unexpired'
import { api, session } from './fetch.js' // The session is that of fetch.ts.

let inSession = new AbortController() // A stream is of the user who opened it.
session.on('signed-out', ({ reason }) => {
  inSession.abort(new SessionEndedError(reason))
  inSession = new AbortController()
})
const pause = (ms: number, signal: AbortSignal, done = new AbortController()) =>
  new Promise<void>((wake) => {
    const timer = setTimeout(wake, signal.aborted ? 0 : ms)
    signal.addEventListener('abort', () => wake(clearTimeout(timer)), { signal: done.signal })
  }).finally(() => done.abort())

/** As EventSource: comes back where a stream ended, until the signal or the session ends it. */
export async function* events(url: string, ownSignal: AbortSignal, lastId = '') {
  const signal = AbortSignal.any([ownSignal, inSession.signal])
  for (let pauseMs = 3_000; ; await pause(pauseMs, signal)) {
    const headers = { Accept: 'text/event-stream', ...(lastId && { 'Last-Event-ID': lastId }) }
    const { ok, status, body } = await api(url, { headers, signal })
    if (!ok || !body) throw new Error(`the event stream was answered with ${status}`)
    const parser = new EventSourceParserStream({ onRetry: (ms) => void (pauseMs = ms) })
    for await (const event of body.pipeThrough(new TextDecoderStream()).pipeThrough(parser)) {
      signal.throwIfAborted()
      yield event
      lastId = event.id ?? lastId
    }
  }
}
