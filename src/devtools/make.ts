const svg = 'http://www.w3.org/2000/svg'

type Attributes = Readonly<Record<string, string>>

/**
 * Makes an element; `name` is its class, for styles, and its part, for tests. Texts become text nodes:
 * nothing is ever parsed as HTML.
 */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  name = '',
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), { class: name, part: name, ...attributes }, children)
}

/** The same for a drawing. */
export function draw<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Node[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(svg, tag), attributes, children)
}

function fill<E extends Element>(
  element: E,
  attributes: Attributes,
  children: readonly (Node | string)[],
): E {
  for (const [name, value] of Object.entries(attributes)) set(element, name, value)
  element.append(...children)
  return element
}

/** A real button. What cannot be done now is said so, and the focus stays. */
export function makeButton(name: string, label: string, press: () => void): HTMLButtonElement {
  const button = make('button', name, { type: 'button' }, label)
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true') press()
  })
  return button
}

/** Writes only what is different. */
export function put(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** Writes only what is different; nothing is nothing. */
export function set(element: Element, attribute: string, value: string): void {
  if ((element.getAttribute(attribute) ?? '') !== value) element.setAttribute(attribute, value)
}
