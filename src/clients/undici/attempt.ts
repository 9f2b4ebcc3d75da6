import type { Dispatcher } from 'undici'
import { shownUpTo } from '../shown-bodies.js'
import type { Control, Controller } from './control.js'
import { textOf, type Headers } from './headers.js'
import { KeptAnswer, type End } from './kept-answer.js'
import { requestAborted } from './request-aborted.js'
import { ShownResponse } from './shown-response.js'

type Handler = Dispatcher.DispatchHandler
type Socket = Parameters<NonNullable<Handler['onRequestUpgrade']>>[3]

/** What an attempt is part of. */
export interface Exchange {
  /** The caller's. */
  readonly handler: Handler
  readonly control: Control
  /** undici is about to send it. */
  onStart(controller: Controller, context: unknown): void
  /** The answer is here: whether it is to be kept back until it is known what becomes of it. */
  isDoubtful(response: ShownResponse, kept: KeptAnswer): boolean
  /** The answer is for the caller. */
  onPass(): void
  /** The answer has ended, and the caller is to be told. */
  onEnd(trailers: Headers): void
  /** The caller has been told of the end, whatever it was. */
  onDone(): void
  fail(error: unknown): void
}

/**
 * - `open`: there is no answer yet
 * - `kept`: it is kept back
 * - `handing-over`: what was kept goes to the caller, as fast as it is taken
 * - `passing`: it goes straight to the caller
 * - `dropped`: nobody wants it
 */
type Stage = 'open' | 'kept' | 'handing-over' | 'passing' | 'dropped'

/** One sending of a request: stands between undici and the caller's handler. */
export class Attempt implements Handler {
  /** The answer, or what came instead. */
  readonly answer: Promise<ShownResponse>
  controller: Controller | undefined
  stage: Stage = 'open'
  private resolve!: (response: ShownResponse) => void
  private reject!: (error: unknown) => void
  private head: readonly [number, Headers, string | undefined] | undefined
  private kept: KeptAnswer | undefined
  private isDone = false
  /** It will not be handed over. */
  private isDoomed = false
  private isHandingOver = false

  constructor(private readonly exchange: Exchange) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.controller = controller
    if (this.stage === 'dropped') controller.abort(requestAborted())
    else this.exchange.onStart(controller, context)
  }

  onRequestUpgrade(
    controller: Controller,
    statusCode: number,
    headers: Headers,
    socket: Socket,
  ): void {
    const { exchange } = this
    this.controller = controller
    this.isDone = true
    if (this.stage === 'dropped') {
      socket.destroy()
      return
    }
    this.pass(new ShownResponse(statusCode, headers, new KeptAnswer()))
    exchange.handler.onRequestUpgrade?.(exchange.control, statusCode, headers, socket)
    exchange.onDone()
  }

  onResponseStart(
    controller: Controller,
    statusCode: number,
    headers: Headers,
    statusMessage?: string,
  ): void {
    const { exchange } = this
    this.controller = controller
    if (this.stage === 'dropped') return
    if (statusCode >= 200) {
      this.head = [statusCode, headers, statusMessage]
      this.kept = new KeptAnswer()
      const response = new ShownResponse(statusCode, headers, this.kept)
      if (exchange.isDoubtful(response, this.kept)) {
        this.stage = 'kept'
        this.resolve(response)
        return
      }
      this.kept.clear()
      this.pass(response)
    }
    exchange.handler.onResponseStart?.(exchange.control, statusCode, headers, statusMessage)
    if (statusCode >= 200 && exchange.control.paused) controller.pause()
  }

  private pass(response: ShownResponse): void {
    this.stage = 'passing'
    this.exchange.onPass()
    this.resolve(response)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    const { exchange, kept } = this
    if (this.stage === 'passing') exchange.handler.onResponseData?.(exchange.control, chunk)
    else if (this.stage !== 'dropped' && kept && !kept.add(chunk)) this.halt(controller)
  }

  /** The caller will not see it: where it is long, its connection is wanted for the refresh. */
  doom(): void {
    this.isDoomed = true
    const { controller } = this
    if (controller?.paused && !this.isDone) controller.abort(requestAborted())
  }

  private halt(controller: Controller): void {
    if (this.isDoomed) controller.abort(requestAborted())
    else controller.pause()
  }

  onResponseEnd(_controller: Controller, trailers: Headers): void {
    this.isDone = true
    if (this.stage === 'passing') this.exchange.onEnd(trailers)
    else this.finish({ trailers })
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    const { exchange } = this
    this.isDone = true
    if (this.stage === 'open') this.reject(error)
    else if (this.stage !== 'passing') this.finish({ error })
    else {
      exchange.onDone()
      exchange.handler.onResponseError?.(exchange.control, error)
    }
  }

  private finish(end: End): void {
    if (this.stage !== 'dropped') this.kept?.finish(end)
  }

  /** Gives the caller what was kept, in order and as fast as it is taken; then the rest goes straight on. */
  handOver(): void {
    if ((this.stage !== 'kept' && this.stage !== 'handing-over') || this.isHandingOver) return
    this.isHandingOver = true
    try {
      while (this.handOverNext());
    } catch (error) {
      // As undici does when a handler throws.
      this.exchange.fail(error)
    } finally {
      this.isHandingOver = false
    }
  }

  /** @returns whether there is more to do now */
  private handOverNext(): boolean {
    const { exchange, kept, head } = this
    const { handler, control } = exchange
    if (this.stage === 'kept' && head) {
      this.stage = 'handing-over'
      exchange.onPass()
      handler.onResponseStart?.(control, ...head)
      return true
    }
    if (this.stage !== 'handing-over' || control.paused) return false
    const chunk = kept?.take()
    if (chunk) {
      handler.onResponseData?.(control, chunk)
      return true
    }
    this.stage = 'passing'
    const end = kept?.end
    if (!end) this.controller?.resume()
    else if ('error' in end) exchange.fail(end.error)
    else exchange.onEnd(end.trailers)
    return false
  }

  /**
   * Lets go of the answer. The rest of one that says that it is short is taken off the wire, so that
   * the connection can be used again.
   *
   * @param now - nobody waits even for that: the connection is closed where there is more to come
   */
  drop(now: boolean): void {
    const { controller, head } = this
    // Aborted in flight: the session, too, is done with it.
    if (this.stage === 'open') this.reject(requestAborted())
    this.stage = 'dropped'
    this.kept?.clear()
    if (this.isDone) return
    const isShort = Number(textOf(head?.[1]['content-length'])) <= shownUpTo
    // Paused: compressed it was short.
    if (now || !isShort || controller?.paused) controller?.abort(requestAborted())
  }
}
