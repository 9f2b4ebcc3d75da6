import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startTokenServer } from 'unexpired/testing'
import type { TokenServer, TokenServerOptions } from 'unexpired/testing'
import { onTestFinished } from 'vitest'

/** An empty directory of this test's own. */
export async function makeDirectory(parent: string = tmpdir()): Promise<string> {
  const directory = await realpath(await mkdtemp(join(parent, 'unexpired-')))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** The path of a file that is not there yet, in a directory that is. */
export const makePath = async (): Promise<string> => join(await makeDirectory(), 'session.json')

/** A token server that ends with its test, whatever orders it was given. */
export async function openServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const server = await startTokenServer(options)
  onTestFinished(async () => {
    server.orders.clear()
    await server.close()
  })
  return server
}
