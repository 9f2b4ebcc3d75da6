/**
 * Whether a body can be sent again: not when it is a stream, an iterator, or a body of the `form-data`
 * package, which are used up by sending them.
 */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true
  const { pipe, getReader } = body as { pipe?: unknown; getReader?: unknown }
  return (
    typeof pipe !== 'function' && typeof getReader !== 'function' && !(Symbol.asyncIterator in body)
  )
}

/** Lets go of a body that nobody will read, so that its connection is free again. */
export function discard(body: unknown): void {
  if (typeof body !== 'object' || body === null) return
  const { destroy, cancel } = body as {
    destroy?: () => unknown
    cancel?: () => Promise<unknown>
  }
  if (typeof destroy === 'function') destroy.call(body)
  // A stream that is locked or broken already is as good as let go.
  else if (typeof cancel === 'function') cancel.call(body).then(undefined, () => undefined)
}
