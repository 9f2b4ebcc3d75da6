/** Short names for long texts: the same for the same. */
export function createNames() {
  const numbers = new Map<string, number>()
  const texts: string[] = []
  return {
    of(text: string): number {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, texts.length)
      return texts.push(text) - 1
    },
    text: (number: number): string => texts[number] as string,
  }
}
