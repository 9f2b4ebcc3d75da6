/** By these, undici's own `instanceof` knows its errors, whichever copy of it made them. */
const brands = ['UND_ERR', 'UND_ERR_ABORT', 'UND_ERR_ABORTED']

/** undici's RequestAbortedError: undici itself is not imported. */
export function requestAborted(): Error {
  const error = Object.assign(new Error('Request aborted'), { code: 'UND_ERR_ABORTED' })
  Object.defineProperty(error, 'name', { value: 'AbortError' })
  for (const brand of brands) {
    Object.defineProperty(error, Symbol.for(`undici.error.${brand}`), { value: true })
  }
  return error
}
