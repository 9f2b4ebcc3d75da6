import { describe, expect, it } from 'vitest'

import type { Engine } from '../harness/engine.js'
import { openWorld } from '../harness/world.js'
import {
  active,
  eventually,
  gatedPage,
  openGates,
  openTabs,
  send,
  shutGates,
  signedOut,
  signInAll,
} from './sharing.js'
import { readRecord } from './slots.js'

/** Keeps what this page says on channels, and the names of the locks that it asks for. */
const listening = `
  window.said = []
  const { postMessage } = BroadcastChannel.prototype
  BroadcastChannel.prototype.postMessage = function (data) {
    window.said.push({ channel: this.name, type: typeof data, data })
    return postMessage.call(this, data)
  }
  const { request } = navigator.locks
  window.locked = []
  navigator.locks.request = function (name, ...rest) {
    window.locked.push(name)
    return request.call(this, name, ...rest)
  }`

const listeningPage = gatedPage.replace('<script>', () => `<script>${listening};`)

interface Said {
  readonly channel: string
  readonly type: string
  readonly data: unknown
}

/** The beginning of each token of the server, and what is random in it. */
const tokenParts = (token: string): string[] => [
  token.slice(0, 5),
  token.slice(-32, -16),
  token.slice(-16),
]

export function describeSecrets(engine: () => Engine): void {
  describe('what a tab lets others know', () => {
    it('G40 is a number on the channel, and the key in the name of the lock; events hold no token', async () => {
      const { url, server } = await openWorld({
        pages: { '/listening.html': listeningPage },
      })
      const page = new URL('/listening.html', url).href
      const tabs = await openTabs(engine(), [page, page])
      const [one, two] = tabs
      const tokens: string[] = []
      const keepTokens = async (): Promise<void> => {
        const record = await readRecord(one)
        tokens.push(record.tokens?.accessToken ?? '', record.tokens?.refreshToken ?? '')
      }

      await signInAll(tabs)
      await keepTokens()
      server.orders.expireNow()
      await shutGates([two])
      await two.call('send', 2)
      await eventually(() => server.counts.refreshesGranted).toBe(1)
      const locks = await one.run<{ held: { name: string }[] }>('navigator.locks.query()')
      expect(locks.held.map(({ name }) => name)).toEqual(['unexpired/auth'])
      await openGates([two])
      await two.call('settled')
      await active(one, 2)
      await keepTokens()

      server.orders.failRefresh({ status: 418, body: { sent: tokens[2] } })
      await one.call('refresh').catch(() => undefined)
      expect(await send(one)).toHaveLength(1)
      server.orders.refuseRefresh()
      await one.call('refresh').catch(() => undefined)
      await signedOut(two)

      for (const tab of tabs) {
        const said = await tab.run<Said[]>('window.said')
        for (const { channel, type } of said) {
          expect({ channel, type }).toEqual({ channel: 'unexpired/auth', type: 'number' })
        }
        const shown = JSON.stringify([
          await tab.run('[window.said, window.locked]'),
          await tab.call('events'),
          await tab.call('status'),
          await tab.call('signedOut'),
        ])
        for (const part of tokens.flatMap(tokenParts)) expect(shown).not.toContain(part)
      }
      expect(await one.run<Said[]>('window.said')).not.toEqual([])
      expect(tokens.join(' ')).toMatch(
        /^at_f1_1_\w{32} rt_f1_1_\w{32} at_f1_2_\w{32} rt_f1_2_\w{32}$/,
      )
      expect(await one.run('localStorage.length')).toBe(0)
    })
  })
}
