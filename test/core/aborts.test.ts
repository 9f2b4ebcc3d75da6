import { describe, expect, test } from 'vitest'

import { aborted, onAbort, until } from '../../src/core/aborts.js'
import type { AbortSignalLike } from '../../src/core/aborts.js'
import { never } from './scripted-refresh.js'

/** A signal that counts its listeners; what a cancel token has not got can be left out. */
function signalLike(...without: (keyof AbortSignalLike)[]) {
  const listeners = new Set<() => void>()
  let isAborted = false
  const signal = {
    get aborted() {
      return isAborted
    },
    reason: 'enough',
    addEventListener: (type: string, listener: () => void) =>
      void (type === 'abort' && listeners.add(listener)),
    removeEventListener: (type: string, listener: () => void) =>
      void (type === 'abort' && listeners.delete(listener)),
  }
  for (const name of without) Reflect.deleteProperty(signal, name)
  const abort = (): void => {
    isAborted = true
    for (const listener of [...listeners]) listener()
  }
  return { signal: signal as AbortSignalLike, abort, listeners }
}

describe('requests that share a signal', () => {
  test('G12 are told each, but for those that were done before', () => {
    const { signal, abort, listeners } = signalLike()
    const told: string[] = []
    const stop = onAbort(signal, () => void told.push('first'))
    onAbort(signal, () => void told.push('second'))
    onAbort(signal, () => void told.push('third'))
    stop()
    stop()
    expect(listeners.size).toBe(1)
    abort()
    abort()
    expect(told).toEqual(['second', 'third'])
  })

  test('leave no listener behind, done or aborted', () => {
    const { signal, abort, listeners } = signalLike()
    const stops = [onAbort(signal, () => undefined), onAbort(signal, () => undefined)]
    expect(listeners.size).toBe(1)
    for (const stop of stops) stop()
    expect(listeners.size).toBe(0)
    onAbort(signal, () => undefined)
    expect(listeners.size).toBe(1)
    abort()
    expect(listeners.size).toBe(0)
  })

  test('are not told where another that was told has ended them', () => {
    const { signal, abort } = signalLike()
    const told: string[] = []
    const stops: (() => void)[] = []
    onAbort(signal, () => {
      told.push('first')
      for (const stop of stops) stop()
    })
    stops.push(onAbort(signal, () => void told.push('second')))
    abort()
    expect(told).toEqual(['first'])
  })
})

test('a cancel token that cannot be listened to, or not stopped, will do', () => {
  const deaf = signalLike('addEventListener', 'removeEventListener')
  expect(() => onAbort(deaf.signal, () => undefined)()).not.toThrow()
  const told: string[] = []
  const endless = signalLike('removeEventListener')
  onAbort(endless.signal, () => undefined)()
  onAbort(endless.signal, () => void told.push('aborted'))
  endless.abort()
  expect(told).toEqual(['aborted'])
})

test('G12 what is awaited with a signal that is aborted already is not waited for', async () => {
  const reason = new Error('too late')
  const watches = aborted(AbortSignal.abort(), () => reason)
  await expect(until(never(), watches)).rejects.toBe(reason)
})
