import type { Buffer } from 'node:buffer'

/** The bytes of a text. */
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A stream of these parts, one at a time; without an end where it is to hang. */
export function parts(
  list: readonly unknown[],
  { hangs = false, cancel }: { hangs?: boolean; cancel?: (reason: unknown) => void } = {},
): ReadableStream {
  const left = [...list]
  return new ReadableStream(
    {
      pull(controller) {
        if (left.length) controller.enqueue(left.shift())
        else if (!hangs) controller.close()
      },
      ...(cancel ? { cancel } : {}),
    },
    { highWaterMark: 0 },
  )
}

/** What sends it. */
export const upload = (body: ReadableStream, more: object = {}): RequestInit =>
  ({ method: 'POST', body, duplex: 'half', ...more }) as RequestInit

/** As much as is buffered, in these tests. */
const limit = 12
export const buffered = { bufferStreamsUpToBytes: limit }
/** The bodies that came. */
export const texts = (requests: readonly { body: Buffer }[]): string[] =>
  requests.map(({ body }) => body.toString())
