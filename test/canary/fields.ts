/** The fields of a value that hold something. Getters are left alone, and so is what cannot be looked at. */
export function fieldsOf(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return []
  try {
    return Object.entries(Object.getOwnPropertyDescriptors(value)).map(([name, field]) => [
      name,
      field.value,
    ])
  } catch {
    return []
  }
}

/** What cannot be printed is not printed. */
export function safely(print: () => string | undefined): string {
  try {
    return print() ?? ''
  } catch {
    return ''
  }
}
