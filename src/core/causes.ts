import { isSessionError } from './errors.js'
import { isObject, type Tokens } from './tokens.js'

/** What a JSON Web Token looks like, whoever put it into a message. */
const jwt = /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*/g

/** Longer messages are bodies of something. */
const longestMessage = 500

/**
 * What may be kept of an app's error: its name, message, code and status, with tokens cut out.
 * Clients hang requests, headers and bodies on their errors.
 */
export function safeCause(error: unknown, status: number | undefined, tokens: Tokens): unknown {
  if (isSessionError(error) && error.code === 'invalid-token-response') return error
  const { name, message, code } = isObject(error) ? error : { message: error }
  const text = typeof message === 'string' ? message : 'no message'
  const cause = new Error(cutTokens(text, tokens).slice(0, longestMessage))
  if (typeof name === 'string') cause.name = name
  return Object.assign(
    cause,
    typeof code === 'string' || typeof code === 'number' ? { code } : undefined,
    status !== undefined ? { status } : undefined,
  )
}

/** Cuts out the tokens that we know, and what looks like one. */
export function cutTokens(text: string, tokens: Tokens | undefined): string {
  let cut = text
  for (const token of [tokens?.accessToken, tokens?.refreshToken]) {
    if (token) cut = cut.split(token).join('[token]')
  }
  return cut.replace(jwt, '[token]')
}
