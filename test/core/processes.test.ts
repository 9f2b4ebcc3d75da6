import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { describe, expect, test } from 'vitest'

const run = promisify(execFile)

/** Runs one of the scripts beside this file in a process of its own, and gives what it printed. */
async function child(script: string, ...flags: string[]): Promise<string> {
  const path = fileURLToPath(new URL(`children/${script}.ts`, import.meta.url))
  // One that does not end by itself is killed, and rejects; so does one that exits with an error.
  const { stdout } = await run(process.execPath, [...flags, '--import', 'tsx', path], {
    timeout: 25_000,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  })
  return stdout.trim()
}

describe.concurrent('in a process of its own', { timeout: 30_000 }, () => {
  test('G14 a process that has used a session ends by itself', async () => {
    expect(await child('uses-a-session')).toBe('done')
  })

  test('G14 a process that waits for a held request lives until it is settled', async () => {
    expect(await child('waits-for-a-request')).toBe('refresh-unavailable timeout')
  })

  test('G14 a process that signs in to a store that never answers lives until that is settled', async () => {
    expect(await child('signs-in-to-a-dead-store')).toBe('active')
  })

  test('G14 a process that waits for the end of a session lives until what a refresh brought is stored', async () => {
    expect(await child('closes-while-it-stores')).toBe('new')
  })

  test('G14 G18 a process whose session was refused lives until that is stored', async () => {
    expect(await child('ends-while-it-stores')).toBe('session-ended\nno tokens stored')
  })

  test('G43 ten thousand held requests come and go, and the heap is back where it was', async () => {
    const { bytesHeld, bytesLeft, settled } = JSON.parse(
      await child('holds-ten-thousand', '--expose-gc'),
    ) as { bytesHeld: number; bytesLeft: number; settled: number }
    expect(settled).toBe(40_000)
    // The promise that the caller has is counted too.
    expect(bytesHeld / 10_000).toBeLessThan(3_000)
    expect(bytesLeft).toBeLessThan(500_000)
  })

  test('G40 G43 an end is remembered with the name and message of its cause, and nothing else of its refresh', async () => {
    const told: unknown = JSON.parse(await child('remembers-an-end', '--expose-gc'))
    expect(told).toEqual({ type: 'signed-out', stack: 'Error: refused', isHeld: false })
  })
})
