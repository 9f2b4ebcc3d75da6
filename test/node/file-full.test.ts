import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { StoredSession } from 'unexpired'
import { describe, expect, test } from 'vitest'

import {
  beside,
  canMount,
  fill,
  limitFiles,
  onSmallDisk,
  remount,
  seenBy,
} from './harness/faults.js'
import { makeDirectory, openServer } from './harness/place.js'
import { startWorker } from './harness/processes.js'
import type { StartOptions, Worker } from './harness/processes.js'
import { active, eventually, served, signInAll, times } from './harness/sharing.js'

/** A way to have no room, or no right to write. */
interface Way {
  readonly name: string
  /** Whether its disk is the writer's own. */
  readonly isMounted?: true
  begin(worker: Worker, directory: string): Promise<void>
  end(worker: Worker, directory: string): Promise<void>
}

/** What limits a process from outside is of Linux. */
const isLinux = process.platform === 'linux'

const ways: Way[] = [
  {
    name: 'has room for a part of the record',
    begin: (worker) => limitFiles(worker, 100),
    end: (worker) => limitFiles(worker, 'unlimited'),
  },
  {
    name: 'has room for nothing',
    begin: (worker) => limitFiles(worker, 0),
    end: (worker) => limitFiles(worker, 'unlimited'),
  },
]

// The same on a real disk, where one can be had.
if (isLinux && (await canMount())) {
  ways.push(
    {
      name: 'is a full tmpfs',
      isMounted: true,
      begin: (worker, directory) => fill(seenBy(worker, join(directory, 'others'))),
      end: (worker, directory) => rm(seenBy(worker, join(directory, 'others'))),
    },
    {
      name: 'became read-only',
      isMounted: true,
      begin: (worker, directory) => remount(worker, directory, 'ro'),
      end: (worker, directory) => remount(worker, directory, 'rw'),
    },
  )
}

describe.skipIf(!isLinux)('a disk that', () => {
  test.each(ways.map((way) => [way.name, way] as const))(
    'G30 G31 %s keeps the old record whole, and gets the new one when it can',
    async (_name, { isMounted, begin, end }) => {
      const directory = await makeDirectory()
      const server = await openServer()
      const place = { kind: 'file', path: join(directory, 'session.json') } as const
      const settings: StartOptions = { url: server.url, place }
      const writer = await startWorker(
        isMounted ? { ...settings, ...onSmallDisk(directory) } : settings,
      )
      const reader = await startWorker(isMounted ? { ...settings, ...beside(writer) } : settings)
      const path = seenBy(writer, place.path)
      await signInAll([writer, reader])
      const before = await readFile(path, 'utf8')

      await begin(writer, directory)
      server.orders.expireNow()
      expect(await writer.call('send', 'ann', 3)).toEqual(times(3, served(2)))
      expect(await readFile(path, 'utf8')).toBe(before)
      expect((await readdir(seenBy(writer, directory))).filter(isDraft)).toEqual([])
      const [failed] = await writer.call('events', 'ann', 'store-failed')
      expect(failed).toMatchObject({ operation: 'replace' })
      expect(JSON.stringify(failed)).toMatch(/EFBIG|ENOSPC|EROFS/)
      expect(JSON.stringify(failed)).not.toMatch(/[ar]t_f/)

      await end(writer, directory)
      await active(reader, 2)
      expect((JSON.parse(await readFile(path, 'utf8')) as StoredSession).generation).toBe(2)
      expect(await reader.call('send', 'ann', 1)).toEqual([served(2)])
      expect(server.counts.refreshes).toBe(1)
      await eventually(() => readdir(seenBy(writer, directory))).toEqual(
        expect.not.arrayContaining([expect.stringMatching(/\.tmp$/)]),
      )
    },
  )
})

const isDraft = (name: string): boolean => name.endsWith('.tmp')
