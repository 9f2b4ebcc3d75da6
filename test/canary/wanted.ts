import { isTelling, pieceLength, piecesOf, spellingsOf } from './spellings.js'

/** How a token of the token server begins, and enough of what follows: known without being told of. */
const serverToken = /(?:at|rt|xt)_f\d+_\d+_[0-9a-f]{6,}/

/** Of a text that is longer, what is around the token is told. */
const longestTold = 300

/** As many characters as the shortest token has. */
const headLength = 8

/** All that is looked for, laid out so that a text is read once however many tokens there are. */
export function createWanted() {
  const known = new Set<string>()
  /** Whole spellings, by how they begin. */
  const whole = new Map<string, string[]>()
  const pieces = new Set<string>()

  /** Where the first token or piece in a text begins, and how long it is. */
  function firstIn(text: string): readonly [number, number] | undefined {
    for (let at = 0; at + headLength <= text.length; at += 1) {
      for (const spelling of whole.get(text.slice(at, at + headLength)) ?? []) {
        if (text.startsWith(spelling, at)) return [at, spelling.length]
      }
      if (pieces.has(text.slice(at, at + pieceLength))) return [at, pieceLength]
    }
    const shaped = serverToken.exec(text)
    return shaped ? [shaped.index, shaped[0].length] : undefined
  }

  return {
    add(token: string): void {
      if (known.has(token) || !isTelling(token)) return
      known.add(token)
      for (const spelling of spellingsOf(token)) {
        const head = spelling.slice(0, headLength)
        const others = whole.get(head)
        if (others) others.push(spelling)
        else whole.set(head, [spelling])
        for (const piece of piecesOf(spelling)) pieces.add(piece)
      }
    },
    isIn: (text: string): boolean => firstIn(text) !== undefined,
    /** So that whoever reads of a leak learns no token by it. */
    mask(text: string): string {
      let masked = ''
      let rest = text
      for (let found = firstIn(rest); found; found = firstIn(rest)) {
        const [at, length] = found
        masked += `${rest.slice(0, at)}[TOKEN, ${length} characters]`
        rest = rest.slice(at + length)
      }
      masked += rest
      const from = Math.max(0, masked.indexOf('[TOKEN') - longestTold / 2)
      return masked.slice(from, from + longestTold).trim()
    },
  }
}
