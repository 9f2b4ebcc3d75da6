/**
 * JavaScript that runs an expression or an async body, and gives its value as JSON text. It works in
 * any page, with a lab or without.
 */
export function jsonOf(script: string): string {
  return `(async () => {
    const text = ${JSON.stringify(script)}
    const AsyncFunction = (async () => {}).constructor
    let run
    try { run = new AsyncFunction('return (' + text + '\\n)') } catch { run = new AsyncFunction(text) }
    return JSON.stringify((await run()) ?? null)
  })()`
}

export function labCall(name: string, args: readonly unknown[]): string {
  const list = args.map((arg) => (arg === undefined ? 'undefined' : JSON.stringify(arg))).join(', ')
  return `window.lab.${name}(${list})`
}
