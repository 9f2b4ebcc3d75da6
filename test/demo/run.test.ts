import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

import { beforeAll, describe, expect, test } from 'vitest'

interface Ended {
  readonly code: number
  readonly output: string
  readonly complaint: string
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const tsx = createRequire(import.meta.url).resolve('tsx/cli')

/** Longer than anyone would wait: the demonstration ends by itself in a few seconds. Milliseconds. */
const patienceMs = 60_000

/** Runs the demonstration as `npm start` does, with its output piped. */
const demonstrate = (...options: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [tsx, '--tsconfig', 'tsconfig.json', 'demo/main.ts', ...options],
      // What asks for colour here says nothing about a pipe.
      { cwd: root, timeout: patienceMs, env: { ...process.env, COLUMNS: '120', FORCE_COLOR: '1' } },
      (_, output, complaint) => resolve({ code: child.exitCode ?? -1, output, complaint }),
    )
  })

const titles = [
  'Bearer, after the response',
  'Bearer, before the request',
  'X-Token, after the response',
  'X-Token, before the request',
]

/** The lines of the summary, which begin with the short titles of the scenes. */
const summaryOf = ({ output }: Ended): string[] =>
  titles.map((title) => output.split('\n').find((line) => line.startsWith(` ${title} `)) ?? '')

describe('the demonstration', () => {
  let ended: Ended

  beforeAll(async () => {
    ended = await demonstrate()
  }, patienceMs)

  test('ends by itself, with exit code 0', () => {
    expect(ended.code).toBe(0)
    expect(ended.complaint).not.toContain('Error')
    expect(ended.output).not.toContain('Wrong')
  })

  test('G1 one refresh serves twenty requests at once in each of the four scenes', () => {
    for (const line of summaryOf(ended)) expect(line).toMatch(/ {2,}1 +20\/20 +kept /)
    expect(ended.output.match(/unexpired ━+ 20\/20 served/g)).toHaveLength(4)
  })

  test('G3 requests are held, and none is turned away, where the lifetime is known', () => {
    // The first number of such a line is ours.
    const turnedAway = [...ended.output.matchAll(/^ +(\d+) turned away/gm)].map(([, n]) => n)
    expect(turnedAway).toEqual(['20', '0', '20', '0'])
  })

  test('the plain interceptor loses the session in every scene', () => {
    for (const line of summaryOf(ended)) expect(line).toMatch(/ 2\d +0\/20 +LOST$/)
    expect(ended.output.match(/1 family revoked/g)).toHaveLength(4)
    expect(ended.output).toMatch(/lost the\s+session in 4 of 4\.\s*$/)
  })

  test('writes no escape code and no carriage return into a pipe', () => {
    expect(ended.output).not.toContain('\x1b')
    expect(ended.output).not.toContain('\r')
  })

  test('fits the width that it was given', () => {
    expect(Math.max(...ended.output.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(
      120,
    )
  })

  test('shows no token', () => {
    expect(ended.output).not.toMatch(/(?:at|rt|xt)_f\d/)
  })
})

describe('the demonstration whose servers refuse our refresh', () => {
  let ended: Ended

  beforeAll(async () => {
    ended = await demonstrate('--refuse-refresh')
  }, patienceMs)

  test('ends with exit code 1, and says what was wrong in each scene', () => {
    expect(ended.code).toBe(1)
    for (const title of titles) {
      expect(ended.output).toContain(
        `Wrong: ${title}: served 0, not 20; thrown out 1, not 0; callers answered 0, not 20.`,
      )
    }
  })

  test('gives no verdict', () => {
    expect(ended.output).not.toContain('4 scenes')
  })
})

test('an option that does not exist is not taken for none', async () => {
  const { code, complaint } = await demonstrate('--refuse')
  expect(code).toBe(1)
  expect(complaint).toContain("Unknown option '--refuse'")
})
