import { readFile } from 'node:fs/promises'

import type { StoredSession } from 'unexpired'
import { describe, expect, test } from 'vitest'

import { places } from '../canary/places.js'
import type { Shown } from './harness/orders.js'
import { makePath, openServer } from './harness/place.js'
import { startWorker } from './harness/processes.js'

const shown: readonly Shown[] = ['error', 'event', 'console', 'output', 'file']

describe('the canary in a process that a test has started', () => {
  test('G40 finds a piece of a token in all that it shows, and nothing where there is none', async () => {
    const { url } = await openServer()
    const place = { kind: 'file', path: await makePath() } as const
    const worker = await startWorker({ url, place })
    await worker.call('signIn', 'ann')
    const { tokens } = JSON.parse(await readFile(place.path, 'utf8')) as StoredSession
    // Too little to be known by its form.
    const piece = tokens?.accessToken.slice(-12) ?? ''
    for (const where of shown) {
      await worker.call('show', where, `${place.path}-nothing-to-be-seen-here`)
    }
    expect(worker.takeLeaks()).toEqual([])

    for (const where of shown) {
      let told = ''
      const listen = (): string => (told += worker.takeLeaks().join('\n'))
      await worker.call('show', where, `see ${piece} there`)
      await expect.poll(listen).toContain(`a token is in ${places[where]}: `)
      // What the console prints leaves the process in the next moment.
      await worker.call('status', 'ann')
      expect(listen()).toMatch(/see \[TOKEN, 12 characters\] there/)
      expect(told).not.toContain(piece)
    }
  })
})
