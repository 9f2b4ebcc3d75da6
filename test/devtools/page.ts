import { JSDOM } from 'jsdom'
import { onTestFinished } from 'vitest'

/** What a panel uses of a page. */
const pageGlobals = [
  'CSSStyleSheet',
  'customElements',
  'document',
  'HTMLElement',
  'localStorage',
  'navigator',
  'sessionStorage',
] as const

/** A page whose frames come when they are told to. */
export interface Page {
  readonly window: JSDOM['window']
  /** Draws one; returns how many callbacks ran. */
  frame(): number
  /** Hides the page, or shows it again. */
  hide(isHidden: boolean): void
  /** The shadow root of the panel that was mounted first, or as many later as `index` says. */
  root(index?: number): ShadowRoot
  /** The one element that fits, in the shadow root. */
  find(selector: string, index?: number): HTMLElement
  /** The text that is shown where the clipboard is not open. */
  report(): HTMLTextAreaElement
}

/** Opens it until the test is over. */
export function openPage(): Page {
  const { window } = new JSDOM('<!doctype html><title>A page</title><main></main>', {
    url: 'http://app.test/',
  })
  const frames = new Map<number, FrameRequestCallback>()
  let asked = 0
  let isHidden = false
  Object.defineProperty(window.document, 'hidden', { get: () => isHidden })
  const put = (name: string, value: unknown): void => {
    const before = Object.getOwnPropertyDescriptor(globalThis, name)
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
    onTestFinished(() => {
      if (before) Object.defineProperty(globalThis, name, before)
      else Reflect.deleteProperty(globalThis, name)
    })
  }
  for (const name of pageGlobals) put(name, window[name])
  put('requestAnimationFrame', (run: FrameRequestCallback) => {
    frames.set(++asked, run)
    return asked
  })
  put('cancelAnimationFrame', (id: number) => frames.delete(id))
  onTestFinished(() => window.close())

  const root = (index = 0): ShadowRoot => {
    const found = window.document.querySelectorAll('unexpired-devtools')[index]?.shadowRoot
    if (!found) throw new Error('no panel is mounted')
    return found
  }
  const find = (selector: string, index = 0): HTMLElement => {
    const found = root(index).querySelector<HTMLElement>(selector)
    if (!found) throw new Error(`nothing is ${selector}`)
    return found
  }
  return {
    window,
    frame() {
      const runs = [...frames.values()]
      frames.clear()
      for (const run of runs) run(performance.now())
      return runs.length
    },
    hide(to) {
      isHidden = to
      window.document.dispatchEvent(new window.Event('visibilitychange'))
    },
    root,
    find,
    report: () => find('[part=report]') as HTMLTextAreaElement,
  }
}

/** All that a panel says, whether or not it is seen: texts, tooltips, labels and values. */
export function allSaid(root: ShadowRoot): string {
  const said: string[] = []
  for (const element of root.querySelectorAll('*')) {
    if (element.localName === 'style') continue
    for (const { value } of element.attributes) said.push(value)
    for (const node of element.childNodes) if (node.nodeType === 3) said.push(node.nodeValue ?? '')
    if ('value' in element) said.push(String(element.value))
  }
  return said.join('\n')
}
