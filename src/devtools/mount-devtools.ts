import type { Session } from '../index.js'
import { panelStyles } from './panel-styles.js'
import { waterfallStyles } from './waterfall-styles.js'
import { checkOptions, type DevtoolsOptions } from './options.js'
import { fillPanel } from './panel.js'

const tag = 'unexpired-devtools'

/**
 * Puts a small panel into the page that shows what a session does, and why it ended. No token, or
 * part of one, is in what it shows or copies.
 *
 * Where there is no document, as on a server, it does nothing.
 *
 * @returns what takes it away again, and leaves nothing behind
 * @throws SessionError `invalid-option`
 * @example
 * ```ts
 * if (import.meta.env.DEV) {
 *   void import('unexpired/devtools').then(({ mountDevtools }) => mountDevtools(session))
 * }
 * ```
 */
export function mountDevtools(session: Session, options: DevtoolsOptions = {}): () => void {
  checkOptions(session, options)
  if (typeof document === 'undefined') return () => undefined
  define()
  const host = document.createElement(tag)
  const root = host.attachShadow({ mode: 'open' })
  const { container = document.body ?? document.documentElement } = options
  dress(root)
  container.append(host)
  // What is drawn has a size only in the page.
  const stop = fillPanel(host, root, session, options)
  return () => {
    stop()
    host.remove()
  }
}

/**
 * Pages hide what is `:not(:defined)`. The class does nothing: several versions of this package on one
 * page share it.
 */
function define(): void {
  if (!customElements.get(tag)) customElements.define(tag, class extends HTMLElement {})
}

/** A strict content security policy forbids `<style>`, and allows this. */
function dress(root: ShadowRoot): void {
  const text = panelStyles + waterfallStyles
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    root.adoptedStyleSheets = [sheet]
  } catch {
    const style = document.createElement('style')
    style.textContent = text
    root.prepend(style)
  }
}
