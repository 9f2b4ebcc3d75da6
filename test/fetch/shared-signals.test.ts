import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { errorOf, times, until } from '../contract/stage.js'
import { holdingWorld, world } from './scene.js'

/** Warnings that Node gives meanwhile. */
function warnings(): string[] {
  const names: string[] = []
  const listener = ({ name }: Error): void => void names.push(name)
  process.on('warning', listener)
  onTestFinished(() => void process.off('warning', listener))
  return names
}

const many = 40

test('forty held requests that share a signal make no warning, and leave no listener behind', async () => {
  const warned = warnings()
  const { api, url, sent, open } = await holdingWorld({
    // It adds no listener of its own, as the platform's does.
    fetch: (input, init) => fetch(input, { ...init, signal: null }),
  })
  const { signal } = new AbortController()
  const calls = times(many, () => api(`${url}/thing`, { signal }))
  await pause(1)
  expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1)
  await open()
  const answers = await Promise.all(calls)
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(sent('/thing')).toHaveLength(many)
  expect(warned).toEqual([])
})

test('forty held requests that share a signal end together, and leave no listener behind', async () => {
  const warned = warnings()
  const { api, url, sent, open } = await holdingWorld()
  const controller = new AbortController()
  const { signal } = controller
  const calls = times(many, () => errorOf(api(`${url}/thing`, { signal })))
  controller.abort('enough')
  expect(await Promise.all(calls)).toEqual(times(many, () => 'enough'))
  expect(getEventListeners(signal, 'abort')).toEqual([])
  await open()
  await pause(1)
  expect(sent('/thing')).toEqual([])
  expect(warned).toEqual([])
})

test('forty requests that are judged at length with one signal make no warning, and leave no listener', async () => {
  const warned = warnings()
  let decide = (): void => undefined
  const decided = new Promise<void>((resolve) => (decide = resolve))
  const asked = vi.fn(() => decided.then(() => false))
  const { api, url } = await world((_request, response) => response.end(), {
    expired: asked,
    fetch: (input, init) => fetch(input, { ...init, signal: null }),
  })
  const { signal } = new AbortController()
  const calls = times(many, () => api(url, { signal }))
  await until(() => asked.mock.calls.length === many)
  expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1)
  decide()
  await Promise.all(calls)
  await pause(1)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(warned).toEqual([])
})

test('one of many that share a signal may end before the others', async () => {
  const { api, url, open } = await holdingWorld()
  const controller = new AbortController()
  const { signal } = controller
  const other = api(`${url}/other`, { signal: new AbortController().signal })
  const calls = times(3, () => errorOf(api(`${url}/thing`, { signal })))
  controller.abort('enough')
  expect(await Promise.all(calls)).toEqual(times(3, () => 'enough'))
  await open()
  expect((await other).status).toBe(200)
})
