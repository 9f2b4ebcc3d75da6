type Body = NonNullable<RequestInit['body']>

/**
 * The body as it is now. fetch takes what it is given at once; a request that is held, or replayed,
 * must send the same although the caller has changed it since.
 */
export function ownBody(body: Body): Body {
  if (typeof body !== 'object') return body
  if (ArrayBuffer.isView(body)) {
    const { buffer, byteOffset, byteLength } = body
    return buffer.slice(byteOffset, byteOffset + byteLength)
  }
  switch (Object.prototype.toString.call(body)) {
    case '[object ArrayBuffer]':
      return (body as ArrayBuffer).slice(0)
    case '[object URLSearchParams]':
      return new URLSearchParams(body as URLSearchParams)
    case '[object FormData]':
      return copyOfForm(body as FormData)
    default:
      return body
  }
}

function copyOfForm(form: FormData): FormData {
  // That of React Native cannot be read.
  if (typeof form.forEach !== 'function') return form
  const copy = new FormData()
  form.forEach((value, name) => copy.append(name, value))
  return copy
}

/** Joins what a stream gave. */
export function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

/**
 * Reads a stream that is no longer than so many bytes.
 *
 * @returns its bytes, or a stream of the same bytes where it is longer
 */
export async function readUpTo(
  stream: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  while (length <= limit) {
    const { done, value } = await reader.read()
    if (done) return joined(chunks, length)
    chunks.push(value)
    length += value.length
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const kept = chunks.shift()
      const { done, value } = kept ? { done: false, value: kept } : await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
