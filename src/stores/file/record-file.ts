import { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import {
  chmod,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  type FileHandle,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** Of the owner alone. */
const modes = { file: 0o600, directory: 0o700 }

/** A record is some thousands of bytes: what is longer than this is none (bytes). */
const longest = 2 ** 20

/** The text of a file, where there is one that may be a record. */
export async function readText(file: string): Promise<string | undefined> {
  let handle: FileHandle
  try {
    // A pipe is not waited for.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new Error('it is not a file')
    return found.size > longest ? undefined : await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/** Makes the directory, where it is missing; gives the file behind symbolic links, which stay. */
export async function makePlace(path: string): Promise<string> {
  const directory = dirname(path)
  // Whatever the umask left of it.
  if (await mkdir(directory, { recursive: true, mode: modes.directory })) {
    await chmod(directory, modes.directory)
  }
  try {
    return await realpath(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const target = await readlink(path).catch(() => undefined)
  if (target !== undefined) return makePlace(resolve(directory, target))
  return join(await realpath(directory), basename(path))
}

/**
 * Puts `text` there in one step: whoever reads sees the old or the new one, whole. Not by a library: those
 * looked at take a write that the disk had room for in part as done, and put it in place of the old text.
 */
export async function writeText(file: string, text: string): Promise<void> {
  // It would not be read again.
  if (Buffer.byteLength(text) > longest) throw new Error(`a record of more than ${longest} bytes`)
  await clearLeftovers(file)
  const draft = `${file}.${randomUUID()}.tmp`
  try {
    const handle = await open(draft, 'wx', modes.file)
    try {
      // Whatever the umask left of it.
      await handle.chmod(modes.file)
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await renameOver(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncDirectory(dirname(file))
}

/** Removes what is there, in one step. */
export const removeText = (file: string): Promise<void> => rm(file, { force: true })

const draftName = /^\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/

/** Drafts of those that were killed while they wrote hold tokens. Nobody else writes now. */
async function clearLeftovers(file: string): Promise<void> {
  const [directory, name] = [dirname(file), basename(file)]
  // What cannot be cleared hinders nobody.
  for (const other of await readdir(directory).catch(() => [])) {
    if (!other.startsWith(name) || !draftName.test(other.slice(name.length))) continue
    await rm(join(directory, other), { force: true }).catch(() => undefined)
  }
}

/** How often, and how long apart, a name is tried that Windows keeps for who reads it (milliseconds). */
const renaming = { tries: 20, pauseMs: 50 }

async function renameOver(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await rename(from, to)
    } catch (error) {
      const mayPass = /^(?:EPERM|EACCES|EBUSY)$/.test(codeOf(error) ?? '')
      if (process.platform !== 'win32' || !mayPass || tries === renaming.tries) throw error
      await pause(renaming.pauseMs)
    }
  }
}

/** So that the new name outlasts a loss of power, where directories can be synced: the record is there. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory).catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
