import { readFile, writeFile } from 'node:fs/promises'

import { fileStore } from 'unexpired/node'
import { vi } from 'vitest'

import { storeContract } from '../stores/store-contract.js'
import { makePath } from './harness/place.js'

vi.mock('fs-native-extensions', () => {
  throw new Error('not installed')
})

storeContract('a file, with proper-lockfile in place of the lock of the kernel', async () => {
  const path = await makePath()
  return {
    open: () => fileStore(path),
    put: (text) => writeFile(path, text),
    text: () => readFile(path, 'utf8'),
  }
})
