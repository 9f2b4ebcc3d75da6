import type { Session, Tokens } from '../index.js'

/** So many tokens and parts of them are looked for: those in force, and those just before. */
const remembered = 24
/** Shorter parts than this are words. */
const shortestPart = 8

/**
 * Takes tokens out of paths and messages, so that nothing shown holds any (G40). The session has done
 * so already with those in force; here go older ones, and parts.
 */
export function createRedactor(session: Session): { clean(text: string): string; stop(): void } {
  let known: string[] = []
  let last: Tokens | undefined

  function learn(): void {
    const { tokens } = session
    if (!tokens || tokens === last) return
    last = tokens
    const parts = [tokens.accessToken, tokens.refreshToken ?? ''].flatMap((token) =>
      // The whole comes first, so that no part is left of it.
      [token, ...token.split('.')].filter((part) => part.length >= shortestPart),
    )
    known = [...parts, ...known].slice(0, remembered)
  }

  learn()
  return {
    clean: (text) => known.reduce((left, secret) => left.split(secret).join('[token]'), text),
    stop: session.subscribe(learn),
  }
}
