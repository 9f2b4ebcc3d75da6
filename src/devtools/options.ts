import { SessionError, type Session } from '../index.js'

/** Where the panel is. */
export type DevtoolsCorner = 'bottom-right' | 'bottom-left' | 'top-right' | 'top-left'

/** Each corner as an `inset`; clockwise, so that the button that moves the panel takes the next. */
export const insets: Readonly<Record<string, string>> = {
  'bottom-right': 'auto 16px 16px auto',
  'bottom-left': 'auto auto 16px 16px',
  'top-left': '16px auto auto 16px',
  'top-right': '16px 16px auto auto',
} satisfies Record<DevtoolsCorner, string>

export const corners = Object.keys(insets) as DevtoolsCorner[]

/** Options of {@link mountDevtools}. */
export interface DevtoolsOptions {
  /**
   * What the panel becomes a child of. It is laid over the page, wherever that is.
   *
   * @defaultValue `document.body`
   */
  container?: Element | undefined
  /**
   * Tells several sessions of a page apart: it is shown, and position and open state are remembered
   * under `unexpired-devtools:<name>` in localStorage.
   *
   * @defaultValue 'session'
   */
  name?: string | undefined
  /**
   * Where it is at first.
   *
   * @defaultValue 'bottom-right'
   */
  corner?: DevtoolsCorner | undefined
  /**
   * Whether it is open at first.
   *
   * @defaultValue false
   */
  open?: boolean | undefined
}

/** @throws SessionError `invalid-option`, naming the option, what came and what was expected */
export function checkOptions(session: Session, options: DevtoolsOptions): void {
  check('session', session, 'a Session', isObject(session) && 'getLifetime' in session)
  check('options', options, 'an object', isObject(options))
  const { container, name = 'session', corner = 'top-left', open = false } = options
  const isElement = container === undefined || (isObject(container) && container.nodeType === 1)
  check('container', container, 'an Element', isElement)
  check('name', name, 'a text', typeof name === 'string' && !!name)
  check('corner', corner, corners.join(', '), corners.includes(corner))
  check('open', open, 'a boolean', typeof open === 'boolean')
}

const isObject = <T>(value: T): value is T & object => typeof value === 'object' && value !== null

function check(name: string, value: unknown, expected: string, isRight: boolean): void {
  const got = value === null ? 'null' : typeof value
  const message = `mountDevtools: ${name}: expected ${expected}, got ${got}`
  if (!isRight) throw new SessionError('invalid-option', message)
}
