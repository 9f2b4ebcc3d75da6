import type { Session, Tokens } from '../index.js'

/** So many spellings of tokens and parts of them are looked for: those in force, and those before. */
const remembered = 200
/** Tokens are printable ASCII. Shorter parts are words. */
const partLike = /^[ -~]{8,}$/

/**
 * Takes tokens out of paths and messages, so that nothing shown holds any (G40). The session has done
 * so already with those in force; here go older ones, and parts. `learned` is called when there is more
 * to take out than before.
 */
export function createRedactor(
  session: Session,
  learned: () => void,
): { clean(text: string): string; stop(): void } {
  let known: string[] = []
  let last: Tokens | undefined

  function learn(): void {
    const { tokens } = session
    if (!tokens || tokens === last) return
    last = tokens
    const parts = [tokens.accessToken, tokens.refreshToken ?? ''].flatMap((token) =>
      // The whole comes first, so that no part is left of it.
      [token, ...token.split('.')].filter((part) => partLike.test(part)),
    )
    known = [...new Set([...parts.flatMap(spellingsOf), ...known])].slice(0, remembered)
    learned()
  }

  learn()
  return {
    clean: (text) => known.reduce((left, secret) => left.split(secret).join('[token]'), text),
    stop: session.subscribe(learn),
  }
}

/** As it is, in JSON, in a URL, and in a form. */
const spellingsOf = (token: string): readonly string[] => [
  token,
  JSON.stringify(token).slice(1, -1),
  encodeURIComponent(token),
  String(new URLSearchParams({ '': token })).slice(1),
]
