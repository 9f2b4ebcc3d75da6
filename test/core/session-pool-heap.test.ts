import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const run = promisify(execFile)

test('G43 a hundred thousand users come and go through one pool, and the heap is flat', async () => {
  const path = fileURLToPath(new URL('children/pools-a-hundred-thousand.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--expose-gc', '--import', 'tsx', path], {
    timeout: 60_000,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  })
  const told = JSON.parse(stdout) as Record<
    'bytesLeft' | 'made' | 'served' | 'largest' | 'size',
    number
  >
  expect(told).toMatchObject({ made: 100_000, served: 100_000, size: 100 })
  // Those of one batch that are busy, beyond what it holds.
  expect(told.largest).toBeLessThanOrEqual(150)
  // Ten bytes for each of them would be too much already.
  expect(told.bytesLeft).toBeLessThan(800_000)
}, 65_000)
