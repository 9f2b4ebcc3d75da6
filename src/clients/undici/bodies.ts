import type { Dispatcher } from 'undici'
import { isReplayable } from '../bodies.js'
import { shownUpTo } from '../shown-bodies.js'
import { headerOf, type HeadersGiven } from './headers.js'

export type BodyGiven = NonNullable<Dispatcher.DispatchOptions['body']> | null

type Chunks = AsyncGenerator

/** How many bytes of a generator are remembered, so that it can be sent again. */
const rememberedUpTo = shownUpTo

/** Whether undici can send a body twice. */
export const canSendTwice = (body: unknown): boolean =>
  isReplayable(body) && !(typeof (body as Partial<Iterator<unknown>> | null)?.next === 'function')

/**
 * fetch gives its dispatcher all bodies as generators, with their length where it is known. One that
 * is short can be remembered.
 */
export const canRemember = (body: unknown, headers: HeadersGiven): body is Chunks =>
  Object.prototype.toString.call(body) === '[object AsyncGenerator]' &&
  Number(headerOf(headers, 'content-length')) <= rememberedUpTo

/** A generator that can be sent again: its chunks are kept, not copied. */
export class RememberedBody {
  private readonly chunks: Promise<IteratorResult<unknown>>[] = []

  constructor(private readonly given: Chunks) {}

  /** From the first chunk on. What a sending that was cut off has not taken, the next one takes. */
  async *[Symbol.asyncIterator](): Chunks {
    for (let at = 0; ; at += 1) {
      this.chunks[at] ??= this.given.next()
      const { done, value } = await (this.chunks[at] as Promise<IteratorResult<unknown>>)
      if (done) return
      yield value
    }
  }

  /** It will not be sent again. */
  close(): void {
    this.chunks.length = 0
    this.given.return(undefined).catch(() => undefined)
  }
}
