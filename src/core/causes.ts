import { isSessionError } from './errors.js'
import { isObject, type Tokens } from './tokens.js'

/**
 * What a JSON Web Token looks like, and what other tokens do: long, with digits in it. With the signs of
 * base64 in it also letters of both cases, and no path before it.
 */
const tokenLike =
  /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*|(?<![\w+/.-])(?!\/)(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{20,}=*|(?<![\w-])(?=[\w-]*\d)[\w-]{20,}/g
/** What is called a token, in JSON or in a form. */
const named = /(token["']?\s*[:=]\s*["']?)[^\s"'&]{12,}/gi

/** Longer messages are bodies of something. */
const longestMessage = 300
/** Nobody looks for tokens in more of one. */
const mostLooked = 10_000

/**
 * What may be kept of an app's error: its name, message, code and status, with tokens cut out.
 * Clients hang requests, headers and bodies on their errors.
 */
export function safeCause(
  error: unknown,
  status: number | undefined,
  known: Iterable<Tokens>,
): unknown {
  if (isSessionError(error) && error.code === 'invalid-token-response') return error
  const [name, code] = [fieldOf(error, 'name'), fieldOf(error, 'code')]
  const cause = new Error(safeMessage(error, known))
  if (typeof name === 'string') cause.name = cut(name, known)
  if (typeof code === 'string') Object.assign(cause, { code: cut(code, known) })
  if (typeof code === 'number') Object.assign(cause, { code })
  if (status !== undefined) Object.assign(cause, { status })
  // Places in here tell nobody anything, and would keep all of the refresh in memory.
  cause.stack = String(cause)
  return cause
}

/** The message of an error, without the tokens that we know, and without what looks like one. */
export function safeMessage(error: unknown, known: Iterable<Tokens>): string {
  // What a parser did not understand, it quotes.
  if (isSyntaxError(error)) return 'it was not valid JSON'
  const message = typeof error === 'object' ? fieldOf(error, 'message') : error
  return typeof message === 'string' ? cut(message, known) : 'no message'
}

/** By its class, or of another realm by its name. */
export function isSyntaxError(error: unknown): boolean {
  if (fieldOf(error, 'name') === 'SyntaxError') return true
  try {
    return error instanceof SyntaxError
  } catch {
    return false
  }
}

/** A field of what was thrown; one that throws when it is looked at is none. */
export function fieldOf(error: unknown, name: string): unknown {
  try {
    return isObject(error) ? error[name] : undefined
  } catch {
    return undefined
  }
}

/** A text without the tokens that we know, and without what looks like one. */
export function cut(text: string, known: Iterable<Tokens>): string {
  // What was cut in the middle is no token that anybody knows.
  const isLong = text.length > mostLooked
  let rest = isLong ? text.slice(0, Math.max(0, text.lastIndexOf(' ', mostLooked))) : text
  for (const token of [...known].flatMap((tokens) => [tokens.accessToken, tokens.refreshToken])) {
    if (!token) continue
    // As it is, in a URL, in a form, and in JSON.
    const form = String(new URLSearchParams({ '': token })).slice(1)
    // As encodeURIComponent has it, which throws where a string is cut in the middle of a character.
    const url = form.replace(/\+/g, '%20').replace(/%(?:2[1789]|7E)/g, decodeURIComponent)
    const json = JSON.stringify(token).slice(1, -1)
    for (const spelling of new Set([token, url, form, json])) {
      rest = rest.split(spelling).join('[token]')
    }
  }
  return rest.replace(named, '$1[token]').replace(tokenLike, '[token]').slice(0, longestMessage)
}
