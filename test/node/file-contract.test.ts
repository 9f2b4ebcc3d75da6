import { readFile, writeFile } from 'node:fs/promises'

import { fileStore } from 'unexpired/node'

import { storeContract } from '../stores/store-contract.js'
import { makePath } from './harness/place.js'

storeContract('a file, with the lock of the kernel', async () => {
  const path = await makePath()
  return {
    open: () => fileStore(path),
    put: (text) => writeFile(path, text),
    text: () => readFile(path, 'utf8'),
  }
})
