/** A shorter token would be found in ordinary words. */
const shortest = 8

/** A piece of a token that is as long as this is no accident. */
export const pieceLength = 12

/** Of a token that is as long as a page, so much at each end is looked for in pieces. */
const mostInPieces = 4_096

/** Words, and words with hyphens: they may stand in any sentence. */
const words = /^[a-z]+(?:[- ][a-z]+)*$/i

/** So many different characters a token has at least. */
const fewest = 5

const isVaried = (text: string): boolean => new Set(text.slice(0, 100)).size >= fewest

/** Whether it is long enough, and odd enough, to be looked for. */
export const isTelling = (token: string): boolean =>
  token.length >= shortest && !words.test(token) && isVaried(token)

/** As it is, in JSON, in a URL, and in a form: wherever one of them is found, the token is. */
export function spellingsOf(token: string): ReadonlySet<string> {
  const form = String(new URLSearchParams({ '': token })).slice(1)
  return new Set([token, JSON.stringify(token).slice(1, -1), form.replace(/\+/g, '%20'), form])
}

/** Each piece of it that no sentence has: without a digit it may be made of words. */
export function piecesOf(token: string): string[] {
  const isLong = token.length > 2 * mostInPieces
  const parts = isLong ? [token.slice(0, mostInPieces), token.slice(-mostInPieces)] : [token]
  return parts.flatMap((part) => {
    const pieces: string[] = []
    for (let at = 0; at + pieceLength <= part.length; at += 1) {
      const piece = part.slice(at, at + pieceLength)
      if (/\d/.test(piece) && isVaried(piece)) pieces.push(piece)
    }
    return pieces
  })
}
