import { expect, test, vi } from 'vitest'

import { createSession, isSessionError, type Session } from 'unexpired'
import { mountDevtools, type DevtoolsOptions } from 'unexpired/devtools'

import { openPage } from './page.js'

const session = createSession({ refresh: async () => ({ accessToken: 'second' }) })

/** As JavaScript may have it. */
const mount = mountDevtools as (session?: unknown, options?: unknown) => () => void

test.each<[what: string, session: unknown, options: unknown, message: string]>([
  ['no session', undefined, undefined, 'session: expected a Session, got undefined'],
  ['something else', { on() {} }, undefined, 'session: expected a Session, got object'],
  ['null for options', session, null, 'options: expected an object, got null'],
  ['an empty name', session, { name: '' }, 'name: expected a text, got string'],
  ['a number as name', session, { name: 1 }, 'name: expected a text, got number'],
  ['what was not found', session, { container: null }, 'container: expected an Element, got null'],
  ['a selector', session, { container: '#app' }, 'container: expected an Element, got string'],
  ['a corner that is none', session, { corner: 'middle' }, 'corner: expected bottom-right, '],
  ['a text for open', session, { open: 'yes' }, 'open: expected a boolean, got string'],
])('%s is refused with an error that says so', (_what, given, options, message) => {
  let error: unknown
  try {
    mount(given, options)
  } catch (thrown) {
    error = thrown
  }
  expect(isSessionError(error) && error.code).toBe('invalid-option')
  expect(String(error)).toContain(`[unexpired] mountDevtools: ${message}`)
})

test('G34 on a server it does nothing, and touches no global', () => {
  expect(typeof document).toBe('undefined')
  const unmount = mountDevtools(session, { name: 'any', open: true })
  expect(unmount()).toBeUndefined()
})

test('the element of another version of the package is taken as it is', () => {
  const { window } = openPage()
  class Theirs extends window.HTMLElement {}
  window.customElements.define('unexpired-devtools', Theirs)
  const stop = mountDevtools(session)
  expect(window.document.querySelector('unexpired-devtools')).toBeInstanceOf(Theirs)
  stop()
})

test('styles are adopted where that can be done, so that a strict policy lets them', () => {
  const page = openPage()
  const replaceSync = vi.fn<(text: string) => void>()
  vi.stubGlobal(
    'CSSStyleSheet',
    class {
      replaceSync = replaceSync
    },
  )
  const stop = mountDevtools(session)
  expect(replaceSync).toHaveBeenCalledTimes(1)
  expect(page.root().adoptedStyleSheets).toHaveLength(1)
  expect(page.root().querySelector('style')).toBeNull()
  stop()
  vi.unstubAllGlobals()
})

test('elsewhere they are an element', () => {
  const page = openPage()
  vi.stubGlobal('CSSStyleSheet', undefined)
  const stop = mountDevtools(session)
  expect(page.find('style').textContent).toContain(':host')
  stop()
  vi.unstubAllGlobals()
})

test('options are typed', () => {
  const options: DevtoolsOptions = { name: 'one', corner: 'top-left', open: true }
  const typed: (session: Session, options?: DevtoolsOptions) => () => void = mountDevtools
  expect(typed(session, options)).toBeTypeOf('function')
})
