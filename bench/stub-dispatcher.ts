import { Dispatcher } from 'undici'

/** What `fetch` and `request` hand to their dispatcher: of undici's two kinds of handler, the older one. */
interface OldHandler {
  onConnect(abort: () => void): void
  onHeaders(status: number, rawHeaders: readonly Buffer[], resume: () => void, text: string): void
  onData(chunk: Buffer): void
  onComplete(trailers: readonly string[]): void
}

type Answer = (options: Dispatcher.DispatchOptions) => Promise<number> | number

const body = Buffer.from('{"ok":true}')
const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
const rawHeaders = Object.entries(headers)
  .flat()
  .map((text) => Buffer.from(text))

const controller: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
}

/**
 * Answers without a network: what is left is what fetch, or undici, and the session cost.
 *
 * @param answer - the status of an answer, at once or later
 */
export class StubDispatcher extends Dispatcher {
  constructor(private readonly answer: Answer) {
    super()
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
    const status = this.answer(options)
    if (typeof status === 'number') respond(handler, status)
    else void status.then((later) => respond(handler, later))
    return true
  }
}

function respond(handler: Dispatcher.DispatchHandler, status: number): void {
  if (!handler.onRequestStart) return respondToOld(handler as OldHandler, status)
  handler.onRequestStart(controller, {})
  handler.onResponseStart?.(controller, status, headers, '')
  handler.onResponseData?.(controller, body)
  handler.onResponseEnd?.(controller, {})
}

function respondToOld(handler: OldHandler, status: number): void {
  handler.onConnect(() => undefined)
  handler.onHeaders(status, rawHeaders, () => undefined, '')
  handler.onData(body)
  handler.onComplete([])
}

/** For `fetch`: every request that is given it is answered by the stub. */
export const stubbed = (answer: Answer): RequestInit => {
  const init = { dispatcher: new StubDispatcher(answer) }
  return init as RequestInit
}
