import { aborted, until } from '../../core/aborts.js'
import { joined } from './body.js'

type Stream = ReadableStream<Uint8Array>

/**
 * Reads a stream that is no longer than so many bytes. An abort cancels it.
 *
 * @returns its bytes, or a stream of the same chunks where it is longer, or not made of bytes
 */
export async function readUpTo(
  stream: Stream,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | Stream> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    while (length <= limit) {
      const { done, value } = await until(
        reader.read(),
        aborted(signal, () => signal?.reason),
      )
      if (done) return joined(chunks, length)
      chunks.push(value)
      // What is no chunk of bytes is for the platform to refuse.
      length = value instanceof Uint8Array ? length + value.length : Infinity
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined)
    throw error
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const kept = chunks.shift()
      const { done, value } =
        kept === undefined ? await reader.read() : { done: false, value: kept }
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
