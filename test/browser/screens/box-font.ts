/**
 * A font in which every letter is the same box. Machines have different fonts, so that nothing on them
 * looks the same; with this one it does, to the pixel, and where a text is missing its boxes are.
 */
export function boxFont(): Buffer {
  const tables: Readonly<Record<string, Buffer>> = {
    'OS/2': os2(),
    cmap: cmap(),
    glyf: box,
    head: head(),
    hhea: hhea(),
    hmtx: words(advance, 0, spaceAdvance, 0, advance, boxLeft),
    loca: words(0, 0, 0, box.length / 2),
    maxp: maxp(),
    name: words(0, 0, 6),
    post: post(),
  }
  return assembled(tables)
}

/** In units of which an em has a thousand. */
const [advance, spaceAdvance, boxLeft, boxRight, boxTop, ascent, descent] = [
  540, 280, 50, 490, 520, 900, -250,
]

/** Glyphs: 0 for what is not there, 1 for a space, 2 for a letter. */
const glyphCount = 3

/** What the font knows, from and to: Latin, and the signs that an interface uses. */
const letters: readonly (readonly [from: number, to: number])[] = [
  [0x21, 0x7e],
  [0xa1, 0x24f],
  [0x2010, 0x27bf],
]

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value & 0xffff, at * 2)
  return bytes
}

const long = (value: number): [high: number, low: number] => [value >>> 16, value & 0xffff]

const bytes = (...values: readonly number[]): Buffer => Buffer.from(values)

/** One outline of four points on the line; the flags 1 say that each is on it. */
const box = Buffer.concat([
  words(1, boxLeft, 0, boxRight, boxTop, 3, 0),
  bytes(1, 1, 1, 1),
  words(boxLeft, 0, boxRight - boxLeft, 0, 0, boxTop, 0, -boxTop),
])

function cmap(): Buffer {
  const segments = [[0x20, 0x20], [0xa0, 0xa0], ...letters, [0xffff, 0xffff]].sort(
    ([one = 0], [two = 0]) => one - two,
  )
  const count = segments.length
  const isSpace = (from: number | undefined): boolean => from === 0x20 || from === 0xa0
  const ids: number[] = []
  const offsets = segments.map(([from = 0, to = 0], at) => {
    if (from === 0xffff || isSpace(from)) return 0
    const offset = 2 * (count - at + ids.length)
    for (let letter = from; letter <= to; letter += 1) ids.push(2)
    return offset
  })
  const deltas = segments.map(([from = 0]) => (isSpace(from) ? 1 - from : from === 0xffff ? 1 : 0))
  const power = 2 ** Math.floor(Math.log2(count))
  const body = words(
    0,
    count * 2,
    power * 2,
    Math.log2(power),
    (count - power) * 2,
    ...segments.map(([, to = 0]) => to),
    0,
    ...segments.map(([from = 0]) => from),
    ...deltas,
    ...offsets,
    ...ids,
  )
  const header = words(0, 1, 3, 1, ...long(12))
  return Buffer.concat([header, words(4, body.length + 4), body])
}

const head = (): Buffer =>
  words(
    ...long(0x10000),
    ...long(0x10000),
    ...long(0),
    ...long(0x5f0f3cf5),
    0,
    1000,
    ...[0, 0, 0, 0, 0, 0, 0, 0],
    boxLeft,
    0,
    boxRight,
    boxTop,
    0,
    8,
    2,
    0,
    0,
  )

const hhea = (): Buffer =>
  words(
    ...long(0x10000),
    ascent,
    descent,
    0,
    advance,
    0,
    0,
    boxRight,
    1,
    ...Array<number>(7).fill(0),
    glyphCount,
  )

const maxp = (): Buffer =>
  words(...long(0x10000), glyphCount, 4, 1, 0, 0, 1, ...Array<number>(8).fill(0))

const post = (): Buffer => words(...long(0x30000), ...Array<number>(14).fill(0))

const os2 = (): Buffer =>
  Buffer.concat([
    words(4, advance, 400, 5, 0),
    words(...Array<number>(10).fill(0)),
    words(0),
    bytes(...Array<number>(10).fill(0)),
    words(...Array<number>(8).fill(0)),
    Buffer.from('NONE'),
    words(0x40, 0x20, 0xffff, ascent, descent, 0, ascent, -descent),
    words(0, 0, 0, 0, boxTop, boxTop, 0, 0x20, 1),
  ])

function assembled(tables: Readonly<Record<string, Buffer>>): Buffer {
  const names = Object.keys(tables).sort()
  const power = 2 ** Math.floor(Math.log2(names.length))
  const header = words(
    ...long(0x10000),
    names.length,
    power * 16,
    Math.log2(power),
    (names.length - power) * 16,
  )
  const directory: Buffer[] = []
  const bodies: Buffer[] = []
  let offset = header.length + names.length * 16
  for (const name of names) {
    const body = tables[name] ?? Buffer.alloc(0)
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)])
    const entry = Buffer.alloc(16)
    entry.write(name, 'latin1')
    entry.writeUInt32BE(checksum(padded), 4)
    entry.writeUInt32BE(offset, 8)
    entry.writeUInt32BE(body.length, 12)
    directory.push(entry)
    bodies.push(padded)
    offset += padded.length
  }
  return Buffer.concat([header, ...directory, ...bodies])
}

function checksum(padded: Buffer): number {
  let sum = 0
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0
  return sum
}
