import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { fileStore } from 'unexpired/node'
import { expect, test } from 'vitest'

import { makePath } from './harness/place.js'

test.each([
  ['in what is no directory', 'ENOTDIR', (path: string) => writeFile(path, ''), 'below.json'],
  ['a link to itself', 'ELOOP', (path: string) => symlink(path, path), ''],
  ['a directory', 'it is not a file', (path: string) => mkdir(path), ''],
])('G31 a file that cannot be read is not taken for none: %s', async (_name, says, make, name) => {
  const path = await makePath()
  await make(path)
  const message = expect.stringContaining(says) as string
  const loading = fileStore(join(path, name)).load()
  await expect(loading).rejects.toMatchObject({ reason: 'network', message })
})
