/** The largest body that `expired` may look at, in bytes. */
export const shownUpTo = 65_536

/** They never end, or hand over one part at a time: nobody waits for the whole of them. */
const inParts =
  /^(?:text\/event-stream|multipart\/.*|application\/(?:x-ndjson|jsonl|json-seq|stream\+json))$/

/** As servers name JSON, and what is made of it (RFC 6839 §3.1). */
const json = /^(?:(?:application|text)\/json|.+\+json)$/

/**
 * Whether `expired` may look at the body of a response: JSON of unknown length, and whatever is said
 * to be small. Anything else would be held back from the caller while it is read.
 *
 * @param contentType - as the header says, with its parameters
 * @param contentLength - as the header says
 */
export function mayShow(
  contentType: string | null | undefined,
  contentLength: string | null | undefined,
): boolean {
  const type = (contentType ?? '').replace(/;.*$/s, '').trim().toLowerCase()
  if (inParts.test(type)) return false
  const length = contentLength?.trim()
  if (!length) return json.test(type)
  // A length that is none counts as too long.
  return /^\d+$/.test(length) && Number(length) <= shownUpTo
}
