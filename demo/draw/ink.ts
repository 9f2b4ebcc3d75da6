/** What a piece of text means; the colours are below, and the drawing stands without them. */
export type Ink =
  | 'title'
  | 'faint'
  | 'good'
  | 'bad'
  | 'strong-good'
  | 'strong-bad'
  | 'dead'
  | 'held'
  | 'refresh'

export interface Piece {
  readonly text: string
  readonly ink?: Ink | undefined
}

/** One line of output, in pieces. Every character is one column wide. */
export type Row = readonly Piece[]

/** Of the sixteen colours that every terminal has, so that its theme decides. */
const colours: Readonly<Record<Ink, string>> = {
  title: '1',
  faint: '2',
  good: '32',
  bad: '31',
  'strong-good': '1;32',
  'strong-bad': '1;31',
  dead: '33',
  held: '36',
  refresh: '35',
}

export const piece = (text: string, ink?: Ink): Piece => ({ text, ink })

export const widthOf = (row: Row): number => row.reduce((sum, { text }) => sum + text.length, 0)

/** Fills up with spaces. */
export const padded = (row: Row, width: number): Row => [
  ...row,
  piece(' '.repeat(Math.max(0, width - widthOf(row)))),
]

/** Puts blocks side by side, each as wide as it says. */
export function beside(blocks: readonly { rows: readonly Row[]; width: number }[]): Row[] {
  const height = Math.max(...blocks.map(({ rows }) => rows.length))
  return Array.from({ length: height }, (_, index) =>
    blocks.flatMap(({ rows, width }) => padded(rows[index] ?? [], width)),
  )
}

/** Sets things one after the other, on as many rows as they need. */
export function flow(things: readonly Row[], width: number, gap: number): Row[] {
  const rows: Row[] = []
  for (const thing of things) {
    const last = rows.at(-1)
    if (last && widthOf(last) + gap + widthOf(thing) <= width) {
      rows[rows.length - 1] = [...last, piece(' '.repeat(gap)), ...thing]
    } else {
      rows.push(thing)
    }
  }
  return rows
}

/** Breaks text between words. */
export function paragraph(text: string, width: number, ink?: Ink): Row[] {
  const words = text.split(' ').map((word) => [piece(word)])
  return flow(words, width, 1).map((row) => [piece(row.map((word) => word.text).join(''), ink)])
}

const paint = ({ text, ink }: Piece): string =>
  ink && text.trim() ? `\x1b[${colours[ink]}m${text}\x1b[0m` : text

/** Rows as they are printed, with nothing invisible at their ends. */
export function print(rows: readonly Row[], coloured: boolean): string[] {
  return rows.map((row) => {
    const plain = row.map(({ text }) => text).join('')
    let left = plain.trimEnd().length
    if (!coloured) return plain.slice(0, left)
    const kept = merged(row).map(({ text, ink }) => {
      const cut = text.slice(0, left)
      left -= cut.length
      return piece(cut, ink)
    })
    return kept.map(paint).join('')
  })
}

/** Neighbours of one colour become one piece. */
function merged(row: Row): Piece[] {
  const pieces: Piece[] = []
  for (const { text, ink } of row) {
    const last = pieces.at(-1)
    if (last && last.ink === ink) pieces[pieces.length - 1] = piece(last.text + text, ink)
    else pieces.push(piece(text, ink))
  }
  return pieces
}
