/** An entry of a list that is drawn again and again. */
export interface Entry<T> {
  readonly element: Element
  write(item: T): void
}

/** Draws items, each known by its id, into `parent`: what is there already is kept. */
export function createList<T extends { readonly id: unknown }>(
  parent: Element,
  create: (item: T) => Entry<T>,
): (items: readonly T[]) => void {
  const entries = new Map<unknown, Entry<T>>()
  return (items) => {
    const gone = new Set(entries.keys())
    let next = parent.firstChild
    for (const item of items) {
      const entry = entries.get(item.id) ?? create(item)
      entries.set(item.id, entry)
      gone.delete(item.id)
      entry.write(item)
      if (entry.element === next) next = next.nextSibling
      else parent.insertBefore(entry.element, next)
    }
    for (const id of gone) {
      entries.get(id)?.element.remove()
      entries.delete(id)
    }
  }
}
