import fc from 'fast-check'

import { oddTexts, oddValues, someOf, type Maker } from './odd-values.js'

const day = 86_400_000

/** Dates as HTTP has them, of all times that there are, and of times that there are not. */
const dates = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.integer({ min: -day, max: day }).map((ms) => new Date(Date.UTC(2026, 0) + ms).toUTCString()),
  fc.constantFrom(
    ...['Thu, 01 Jan 275761 00:00:00 GMT', 'Sat, 13 Sep 275760 00:00:01 GMT', 'Invalid Date'],
    ...['Wed, 31 Feb 2026 99:99:99 GMT', '-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z'],
    ...['Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', '0', '12', '2026'],
  ),
)

const numbers = fc.oneof(
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.constantFrom(
    ...[
      '-1',
      '-0',
      '1e309',
      '1e5',
      '0x7fffffff',
      '+5',
      '5.5',
      '٣',
      '5 ',
      ' 5',
      '5\n',
      '5, 5',
      '5,5',
    ],
    ...['9'.repeat(400), '9'.repeat(100_000), '0'.repeat(100_000) + '5', 'Infinity', 'NaN', '5;6'],
  ),
)

/** Values that servers, proxies and attackers write into these headers. */
export const oddHeaderValues = fc.oneof(
  numbers,
  dates,
  fc.tuple(numbers, dates).map((both) => both.join(', ')),
  fc.tuple(dates, dates).map((both) => both.join(', ')),
  oddTexts,
)

/** Of the header in which a server says what it wants. */
export const challenges = fc.oneof(
  oddTexts,
  fc.constantFrom(
    'Bearer error="invalid_token", error_description="canary',
    'Bearer realm="x", error="invalid_token"'.repeat(1_000),
    'Basic realm="a", Bearer',
    'DPoP error="use_dpop_nonce"',
    'Bearer error="invalid_grant"',
  ),
)

const names = ['retry-after', 'Retry-After', 'RETRY-AFTER', 'date', 'Date', 'WWW-Authenticate']

const asObject = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(
    someOf(oddHeaderValues),
    someOf(challenges),
    someOf(fc.array(oddHeaderValues)),
    oddValues,
  ),
)

/** Headers as clients have them: by a method, as an object, or as something else altogether. */
export const oddHeaders: fc.Arbitrary<Maker> = fc.oneof(
  asObject.map((makers): Maker => () => {
    return Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make()]))
  }),
  asObject.map((makers): Maker => () => ({
    get: (name: string) =>
      Object.entries(makers).find(([key]) => key.toLowerCase() === name)?.[1]() ?? null,
  })),
  oddValues,
)
