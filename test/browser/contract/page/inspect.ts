/** How deep a log looks. */
const deepest = 10

/** What a page's own objects show in a console beside their properties. */
function shownOf(value: object): unknown[] {
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof FormData) {
    return [...value.entries()]
  }
  if (value instanceof Request || value instanceof Response) {
    return [value.url, value.headers]
  }
  if (value instanceof XMLHttpRequest) {
    const { responseType } = value
    const isText = responseType === '' || responseType === 'text'
    return [
      value.responseURL,
      value.getAllResponseHeaders(),
      isText ? value.responseText : value.response,
    ]
  }
  if (value instanceof Map || value instanceof Set) return [...value]
  if (value instanceof URL) return [value.href]
  return []
}

/** Stands in for that of Node: all that a console might show of a value, whatever its form. */
export function inspect(value: unknown): string {
  const seen = new Set<unknown>()
  const said: string[] = []
  function look(each: unknown, depth: number): void {
    if ((typeof each !== 'object' && typeof each !== 'function') || each === null) {
      said.push(String(each))
      return
    }
    if (depth > deepest || seen.has(each)) return
    seen.add(each)
    // Those that cannot be enumerated too: an error's message, stack and cause are such.
    for (const key of Reflect.ownKeys(each)) {
      const property = Object.getOwnPropertyDescriptor(each, key)
      said.push(String(key))
      // A console calls no getter by itself.
      if (property && 'value' in property) look(property.value, depth + 1)
    }
    for (const shown of shownOf(each)) look(shown, depth + 1)
  }
  look(value, 0)
  return said.join('\n')
}
