import { describe } from 'vitest'

import { anotherUserContract, refusalContract } from './elsewhere.js'
import type { SharedPlace } from './elsewhere.js'
import { makePath } from './harness/place.js'

const openFile = async (): Promise<SharedPlace> => ({
  place: { kind: 'file', path: await makePath() },
})

describe('another process on the same file', () => {
  anotherUserContract(openFile)
  // With a lock nobody refreshes beside a process that stands still, before it is given up.
  refusalContract(async () => ({ ...(await openFile()), locks: 'none' }))
})
