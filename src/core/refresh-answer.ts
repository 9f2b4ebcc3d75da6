import { InvalidTokenResponseError } from './errors.js'
import { isObject, readTokens, type Tokens } from './tokens.js'

/** A fetch Response, of whichever implementation: as much of it as is read here. */
export interface ResponseLike {
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** What `refused` gets to see where the refresh function returned a Response that is not ok. */
class RefreshResponseError extends Error {
  readonly status: number
  readonly headers: ResponseLike['headers']
  /** The parsed JSON, else the text. */
  readonly data: unknown

  constructor({ status, headers }: Pick<ResponseLike, 'status' | 'headers'>, data: unknown) {
    super(`the refresh was answered with ${status}`)
    this.status = status
    this.headers = headers
    this.data = data
  }
}

const isResponse = (value: unknown): value is ResponseLike =>
  isObject(value) &&
  typeof value['ok'] === 'boolean' &&
  typeof value['status'] === 'number' &&
  typeof value['text'] === 'function'

/** JSON, or the text itself where it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * Reads what the refresh function returned: tokens, the JSON of a token endpoint, or a Response.
 *
 * @throws RefreshResponseError, InvalidTokenResponseError
 */
export async function readAnswer(answer: unknown, cookie: boolean): Promise<Tokens> {
  if (!isResponse(answer)) return checked(answer, 200, cookie)
  const data = parse(await answer.text())
  if (!answer.ok) throw new RefreshResponseError(answer, data)
  if (!cookie && !isObject(data)) {
    throw new InvalidTokenResponseError(`the answer (${answer.status}) is not a JSON object`)
  }
  return checked(data, answer.status, cookie)
}

/** Some servers refuse with 200 and an OAuth error in the body. */
function checked(data: unknown, status: number, cookie: boolean): Tokens {
  if (isObject(data) && data['error'] === 'invalid_grant') {
    throw new RefreshResponseError({ status, headers: { get: () => null } }, data)
  }
  return readTokens(data, cookie)
}
