import type { Dispatcher } from 'undici'

type Controller = Dispatcher.DispatchController

/** A handler that writes down what it is told, as apps write them on the level of `dispatch`. */
export interface Recording extends Dispatcher.DispatchHandler {
  /** In order. */
  readonly told: string[]
  readonly errors: Error[]
  readonly contexts: unknown[]
  readonly controllers: Set<Controller | null>
  /** Settles with the end, whatever it is. */
  readonly ended: Promise<void>
}

/** @param more - is called after what happens has been written down */
export function recording(more: Dispatcher.DispatchHandler = {}): Recording {
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => (end = resolve))
  const told: string[] = []
  const errors: Error[] = []
  const contexts: unknown[] = []
  const controllers = new Set<Controller | null>()
  return {
    told,
    errors,
    contexts,
    controllers,
    ended,
    onRequestStart(controller, context) {
      told.push('start')
      contexts.push(context)
      controllers.add(controller)
      more.onRequestStart?.(controller, context)
    },
    onResponseStart(controller, statusCode, headers, statusMessage) {
      told.push(`head ${statusCode} ${statusMessage}`)
      controllers.add(controller)
      more.onResponseStart?.(controller, statusCode, headers, statusMessage)
    },
    onResponseData(controller, chunk) {
      told.push(`data ${chunk.toString()}`)
      controllers.add(controller)
      more.onResponseData?.(controller, chunk)
    },
    onResponseEnd(controller, trailers) {
      told.push(`end ${JSON.stringify(trailers)}`)
      controllers.add(controller)
      more.onResponseEnd?.(controller, trailers)
      end()
    },
    onResponseError(controller, error) {
      told.push(`error ${error.message}`)
      errors.push(error)
      more.onResponseError?.(controller, error)
      end()
    },
  }
}
