import fc from 'fast-check'

/**
 * Makes an odd value anew at each call: what fast-check itself would trip over is out of its sight, and no
 * value that was used is used again.
 */
export type Maker = () => unknown

/** Thrown by what a test made, when it is looked at: an app knows its own errors. */
export class Booby extends Error {
  override readonly name = 'Booby'
}

const spring = (): never => {
  throw new Booby('it was touched')
}

/** Throws, whatever is done with it. */
function trapped(): unknown {
  const traps = { get: spring, has: spring, ownKeys: spring, getPrototypeOf: spring }
  return new Proxy({}, { ...traps, getOwnPropertyDescriptor: spring })
}

/** Engines throw, whatever is done with it. */
function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function cyclic(): unknown {
  const ring: Record<string, unknown> = {}
  for (const name of ['cause', 'tokens', 'response', 'data']) ring[name] = ring
  return ring
}

const nameless = (): unknown => Object.create(null)

/** An object, some fields of which throw when they are read. */
const springing = (names: readonly string[]): fc.Arbitrary<Maker> =>
  fc.subarray([...names], { minLength: 1 }).map((traps) => () => {
    const made = {}
    for (const name of traps) {
      Object.defineProperty(made, name, { get: spring, enumerable: true, configurable: true })
    }
    return made
  })

type Settle = (value: unknown) => void

/** Promises of a sort: they settle twice, throw, never settle, or are no promises after all. */
const thens = (made: Maker) => ({
  'yes and no': (yes: Settle, no: Settle) => (yes(made()), no(made())),
  'no and yes': (yes: Settle, no: Settle) => (no(made()), yes(made())),
  no: (_yes: Settle, no: Settle) => no(made()),
  throws: spring,
  never: () => undefined,
  none: 5,
})

/** Whether it settles by itself, and with nothing to be handed over as it is: promises of a sort do not. */
export function settles(value: unknown): boolean {
  try {
    return typeof (value as { then?: unknown } | undefined)?.then !== 'function'
  } catch {
    return true
  }
}

const thenables = (made: Maker): fc.Arbitrary<Maker> =>
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is odd about them
  fc.constantFrom(...Object.values(thens(made))).map((then) => () => ({ then }))

const is =
  (value: unknown): Maker =>
  () =>
    value

/** Numbers at which arithmetic goes wrong. */
export const oddNumbers = fc.oneof(
  fc.constantFrom(
    ...[0, -0, -1, 0.5, 1e-320, Number.NaN, Infinity, -Infinity, 2 ** 31, 2 ** 53, 2 ** 53 - 1],
    ...[-(2 ** 53), 1e308, -1e308, 8.64e15, 8.64e15 + 1],
  ),
  fc.double(),
  fc.integer(),
)

/** Texts that no header can carry, that reach for a prototype, and that are as long as a body. */
export const oddTexts = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '\n', 'a\r\nX-Evil: 1', 'é', '\u0000', '\uD800', '__proto__', 'constructor'],
    ...['toString', '[object Object]', 'null', 'undefined', 'NaN', '1e309', '-5', '0x10'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('x', ' ', 'é', '1').map((unit) => unit.repeat(100_000)),
)

/** What JSON can say, with keys that reach for prototypes. */
export const jsonTexts = fc.oneof(
  fc.json(),
  fc.json().map((text) => `{"__proto__":${text},"constructor":{"prototype":${text}}}`),
)

/** What is handed over by mistake most often. */
export const plainValues: readonly unknown[] = [
  ...[undefined, null, true, false, 0, -1, 5, Number.NaN, Infinity, 10n, '', 'x', Symbol('odd')],
  ...[[], [undefined], {}, () => undefined, new Date(0), /x/, new Map(), Object.create(null)],
]

/** Anything at all that may be handed over where something else is expected. */
export const oddValues: fc.Arbitrary<Maker> = fc.oneof(
  fc.oneof(oddNumbers, oddTexts).map(is),
  fc.constantFrom(undefined, null, true, false, 10n, Symbol('odd'), Symbol.iterator).map(is),
  fc.anything({ withNullPrototype: true, withDate: true, withMap: true }).map(is),
  jsonTexts.map((text) => (): unknown => JSON.parse(text)),
  fc.constantFrom(trapped, revoked, cyclic, nameless),
  fc
    .constantFrom(
      spring,
      () => undefined,
      class Odd extends Map {},
      async () => undefined,
      /x/,
      new Map(),
    )
    .map(is),
  fc.anything().chain((value) => thenables(is(value))),
)

/** An object that is made of what these make; a field whose maker is `undefined` is left out. */
export function objectOf(fields: Record<string, fc.Arbitrary<Maker>>): fc.Arbitrary<Maker> {
  return fc.record(fields, { requiredKeys: [] }).map(
    (makers): Maker =>
      () =>
        Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make?.()])),
  )
}

/** As odd, and with fields that are looked for. */
export function oddObjects(names: readonly string[]): fc.Arbitrary<Maker> {
  const fields = names.map((name) => [name, oddValues] as const)
  return fc.oneof(oddValues, springing(names), objectOf(Object.fromEntries(fields)))
}

/** What is right, most of the time. */
export const rightOr = (
  right: unknown,
  odd: fc.Arbitrary<Maker> = oddValues,
): fc.Arbitrary<Maker> =>
  fc.oneof({ arbitrary: fc.constant(is(right)), weight: 4 }, { arbitrary: odd, weight: 1 })

export const someOf = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Maker> => values.map(is)
