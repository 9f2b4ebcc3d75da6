/** Shows a text as the package would by mistake, where any process and any page can: for tests of the canary. */
export const mistakes = {
  error: (text: string) =>
    Object.defineProperty(new Error(text), Symbol.for('unexpired.SessionError'), { value: true }),
  event: (text: string) => Object.freeze({ type: 'told', at: 1, generation: 1, text }),
  console: (text: string) => console.debug(text),
}
