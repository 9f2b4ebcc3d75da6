import { corners, type DevtoolsCorner } from './options.js'

/** What is remembered over reloads. */
export interface Remembered {
  readonly corner: DevtoolsCorner
  readonly open: boolean
}

const keyOf = (name: string): string => `unexpired-devtools:${name}`

/** What can be read of it; storage may be missing, forbidden, or hold anything. */
export function recall(name: string): Partial<Remembered> {
  try {
    const text = localStorage.getItem(keyOf(name))
    const { corner, open } = JSON.parse(text ?? '{}') as Partial<Record<string, unknown>>
    return {
      ...(corners.includes(corner as DevtoolsCorner) && { corner: corner as DevtoolsCorner }),
      ...(typeof open === 'boolean' && { open }),
    }
  } catch {
    return {}
  }
}

export function remember(name: string, state: Remembered): void {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(state))
  } catch {
    // Then it is not remembered.
  }
}

/**
 * Remembers, for the pages that this tab goes on to, how the session of this name ended; an empty text
 * forgets it. Returns what is remembered.
 */
export function lastEnding(name: string, text?: string): string {
  try {
    if (text !== undefined) sessionStorage.setItem(keyOf(name), text)
    return sessionStorage.getItem(keyOf(name)) ?? ''
  } catch {
    return ''
  }
}
