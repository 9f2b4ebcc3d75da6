/** What this place has, where it has it: much may be missing, and some engines throw when it is looked at. */
export function have<T>(look: () => T): T | undefined {
  try {
    return look() ?? undefined
  } catch {
    return undefined
  }
}

/** Of pages alone. A server's would be shared by all whom it serves. */
export const pageStorage = (): Storage | undefined =>
  have(() => (document as Document | undefined) && localStorage)
