import { stat } from 'node:fs/promises'

/** Which directory it is, of all that ever had this name: numbers are used again. Nothing where there is none. */
export async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { ino, birthtimeMs } = await stat(path)
    return `${ino} ${birthtimeMs}`
  } catch {
    return undefined
  }
}
