import { isSessionError } from './errors.js'
import { isObject, type Tokens } from './tokens.js'

/** What a JSON Web Token looks like, and what other tokens do: long, with digits in it. */
const tokenLike = /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*|(?<![\w-])(?=[\w-]*\d)[\w-]{20,}/g

/** Longer messages are bodies of something. */
const longestMessage = 300

/**
 * What may be kept of an app's error: its name, message, code and status, with tokens cut out.
 * Clients hang requests, headers and bodies on their errors.
 */
export function safeCause(error: unknown, status: number | undefined, tokens: Tokens): unknown {
  if (isSessionError(error) && error.code === 'invalid-token-response') return error
  const { name, code } = isObject(error) ? error : {}
  const cause = new Error(safeMessage(error, [tokens]))
  if (typeof name === 'string') cause.name = name
  return Object.assign(
    cause,
    typeof code === 'string' || typeof code === 'number' ? { code } : undefined,
    status !== undefined ? { status } : undefined,
  )
}

/** The message of an error, without the tokens that we know, and without what looks like one. */
export function safeMessage(error: unknown, known: readonly (Tokens | undefined)[]): string {
  // What a parser did not understand, it quotes.
  if (error instanceof SyntaxError) return 'it was not valid JSON'
  const { message } = isObject(error) ? error : { message: error }
  let text = typeof message === 'string' ? message : 'no message'
  for (const token of known.flatMap((tokens) => [tokens?.accessToken, tokens?.refreshToken])) {
    if (token) text = text.split(token).join('[token]')
  }
  return text.replace(tokenLike, '[token]').slice(0, longestMessage)
}
