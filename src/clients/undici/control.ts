import type { Dispatcher } from 'undici'
import type { AbortSignalLike } from '../../core/aborts.js'
import { requestAborted } from './request-aborted.js'

/** As undici gives one to a handler, for one attempt. */
export type Controller = Dispatcher.DispatchController

/** What follows when the caller uses the controller. */
export interface Controlled {
  /** That of the attempt under way. */
  readonly inner: Controller | undefined
  onAbort(reason: Error): void
  onPause(): void
  onResume(): void
}

/**
 * The controller that the caller's handler is given: one, however often the request is sent, and
 * there also while nothing is sent. To the session it is the signal that ends the waiting.
 */
export class Control implements Controller, AbortSignalLike {
  paused = false
  private isAborted = false
  private why: Error | null = null
  /** Only while it waits. */
  private listeners: Set<() => void> | undefined

  /** @param signal - what the caller gave, which may be aborted before undici has seen it */
  constructor(
    private readonly controlled: Controlled,
    private readonly signal: AbortSignalLike | undefined,
  ) {}

  get aborted(): boolean {
    return this.isAborted || this.signal?.aborted === true
  }

  get reason(): Error | null {
    if (this.isAborted || !this.aborted) return this.why
    return (this.signal?.reason as Error | undefined) ?? requestAborted()
  }

  get rawHeaders(): NonNullable<Controller['rawHeaders']> | null {
    return this.controlled.inner?.rawHeaders ?? null
  }

  get rawTrailers(): NonNullable<Controller['rawTrailers']> | null {
    return this.controlled.inner?.rawTrailers ?? null
  }

  abort(reason?: Error): void {
    if (this.isAborted) return
    this.isAborted = true
    this.why = reason ?? requestAborted()
    this.controlled.onAbort(this.why)
    for (const listener of [...(this.listeners ?? [])]) listener()
  }

  pause(): void {
    if (this.paused) return
    this.paused = true
    this.controlled.onPause()
  }

  resume(): void {
    if (!this.paused) return
    this.paused = false
    this.controlled.onResume()
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners ??= new Set()
    this.listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners?.delete(listener)
  }
}
