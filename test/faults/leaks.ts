import { inspect } from 'node:util'

/** Long enough to be nothing else, and short enough to find a token that was cut. */
const pieceLength = 10

/** What the token server writes before what is random. */
const prefix = /^[arx]t_f\d+_\d+_/

const piecesOf = (token: string): string[] => {
  const random = token.replace(prefix, '')
  return [random.slice(0, pieceLength), random.slice(-pieceLength)]
}

/** Collects tokens, whichever way they are spelled, also those that never arrived. */
export function createSecrets() {
  const secrets = new Set<string>()
  const notice = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, token] of Object.entries(value)) {
      if (/^(?:access|refresh)_?token$/i.test(name)) secrets.add(String(token))
    }
  }
  return {
    notice,
    /** Which of them, if any, a log of this would show (G40). */
    in(...values: unknown[]): string[] {
      const texts = values.map(shown)
      return [...secrets].filter((token) =>
        piecesOf(token).some((piece) => texts.some((text) => text.includes(piece))),
      )
    },
  }
}

/** All that a log might show of a value. */
function shown(value: unknown): string {
  const { message, stack } = (value ?? {}) as Error
  return [inspect(value, { depth: 8, maxStringLength: null }), json(value), message, stack].join(
    '\n',
  )
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    // A cycle: then nobody logs it so.
    return ''
  }
}
