import { EventSourceParserStream } from 'eventsource-parser/stream'
import { createSession } from 'unexpired'
import { createFetch } from 'unexpired/fetch'

const origin = 'https://api.example.com'
export const session = createSession({
  refresh({ refreshToken = '', signal }) {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken })
    return fetch(`${origin}/oauth/token`, { method: 'POST', body, signal })
  },
})
export const api = createFetch(session, { origins: [origin] })
const pause = (ms: number, signal: AbortSignal) =>
  new Promise((resolve, reject) => {
    setTimeout(resolve, ms)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
/** As EventSource: comes back where a stream ended, until the signal or the session ends it. */
export async function* events(path: string, signal: AbortSignal, lastId = '') {
  for (let pauseMs = 3_000; ; await pause(pauseMs, signal)) {
    const headers = { Accept: 'text/event-stream', 'Last-Event-ID': lastId }
    const { ok, status, body } = await api(origin + path, { headers, signal })
    if (!ok || !body) throw new Error(`the event stream was answered with ${status}`)
    const parser = new EventSourceParserStream({ onRetry: (ms) => void (pauseMs = ms) })
    for await (const event of body.pipeThrough(new TextDecoderStream()).pipeThrough(parser)) {
      yield event
      lastId = event.id ?? lastId
    }
  }
}
