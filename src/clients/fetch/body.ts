type Body = NonNullable<RequestInit['body']>

const tagOf = (value: unknown): string => Object.prototype.toString.call(value)

/**
 * The body as it is now. fetch takes what it is given at once; a request that is held, or replayed,
 * must send the same although the caller has changed it since.
 */
export function ownBody(body: Body): Body {
  if (typeof body !== 'object') return body
  if (ArrayBuffer.isView(body)) {
    const { buffer, byteOffset, byteLength } = body
    // Shared memory is for the platform to refuse.
    if (tagOf(buffer) !== '[object ArrayBuffer]') return body
    return buffer.slice(byteOffset, byteOffset + byteLength)
  }
  switch (tagOf(body)) {
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
  // Another fetch may come with another class.
  const Kind = form instanceof FormData ? FormData : (form as FormData).constructor
  const copy = new (Kind as typeof FormData)()
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
