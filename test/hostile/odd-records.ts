import fc from 'fast-check'

import {
  jsonTexts,
  objectOf,
  oddNumbers,
  oddObjects,
  oddTexts,
  oddValues,
  rightOr,
  someOf,
  type Maker,
} from './odd-values.js'

/** In each record that holds tokens: it may stand in no message, and in no event. */
export const canary = 'canary-7Zk2pQ9x-4mB8'

const right = {
  version: 1,
  sessionId: 'm3k1-a-b',
  generation: 3,
  receivedAt: Date.UTC(2026, 0),
  tokens: { accessToken: `${canary}-a`, refreshToken: `${canary}-r`, expiresIn: 60 },
}

const fields = ['version', 'sessionId', 'generation', 'receivedAt', 'tokens', 'reason'] as const
const tokenFields = ['accessToken', 'refreshToken', 'expiresIn', 'tokenType', 'scope', 'extra']

const generations = fc.constantFrom(0, -1, -(2 ** 52), 2 ** 53 - 1, 2 ** 53 - 2, 2 ** 40)

const texts = fc.oneof(someOf(oddTexts), oddValues)

const someTokens = objectOf({
  accessToken: rightOr(right.tokens.accessToken, texts),
  refreshToken: rightOr(right.tokens.refreshToken, texts),
  expiresIn: rightOr(60, fc.oneof(someOf(oddNumbers), oddValues)),
  tokenType: rightOr('Bearer'),
  scope: rightOr('read'),
  extra: rightOr({ id_token: `${canary}-i` }, fc.oneof(someOf(jsonTexts.map(parsed)), oddValues)),
})

/** They are what they should be, until they are looked at a second time. */
const springingTokens = fc.subarray(tokenFields, { minLength: 1 }).map((names): Maker => () => {
  const tokens = { ...right.tokens }
  for (const name of names) {
    let looks = 0
    Object.defineProperty(tokens, name, {
      enumerable: true,
      get() {
        if ((looks += 1) > 1) throw new Error(`${name} of ${canary} was read again`)
        return (right.tokens as Record<string, unknown>)[name]
      },
    })
  }
  return { ...right, tokens }
})

/** Records that are nearly right, and what is none at all. */
export const oddRecords: fc.Arbitrary<Maker> = fc.oneof(
  {
    weight: 6,
    arbitrary: objectOf({
      version: rightOr(1, someOf(fc.constantFrom<unknown>(2, 0, '1', 1.5))),
      sessionId: rightOr(right.sessionId, texts),
      generation: rightOr(3, someOf(fc.oneof(generations, oddNumbers))),
      receivedAt: rightOr(right.receivedAt, someOf(oddNumbers)),
      tokens: fc.oneof(someTokens, rightOr(right.tokens, oddObjects(tokenFields))),
      reason: rightOr('refused'),
    }),
  },
  { weight: 2, arbitrary: oddObjects(fields) },
  { weight: 2, arbitrary: springingTokens },
)

function parsed(text: string): unknown {
  return JSON.parse(text)
}

/** Texts as a storage may hold them: records, records that were cut, and what strangers keep there. */
export const oddStoredTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: oddRecords.map(stringified) },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 0, max: 240 }).map((end) => JSON.stringify(right).slice(0, end)),
  },
  { weight: 1, arbitrary: jsonTexts },
  { weight: 1, arbitrary: oddTexts },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `{"token":"${canary}"}`,
      `${JSON.stringify(right)}${canary}`,
      JSON.stringify([right]),
      JSON.stringify(JSON.stringify(right)),
      `{"kid":"a","iv":"${canary}","data":"${canary}"}`,
      JSON.stringify(right).replace('"version":1', '"version":1,"__proto__":{"polluted":1}'),
    ),
  },
)

/** Of a value that JSON cannot say, what a stranger may have written instead. */
function stringified(make: Maker): string {
  try {
    return JSON.stringify(make()) ?? canary
  } catch {
    return canary
  }
}
