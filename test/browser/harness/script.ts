const AsyncFunction = (async () => undefined).constructor as FunctionConstructor

/**
 * JavaScript that runs an expression or an async body, and gives its value as JSON text. It works in
 * any page, with a lab or without, and where a Content-Security-Policy forbids `eval`.
 */
export function jsonOf(script: string): string {
  const body = isExpression(script) ? `return (${script}\n)` : script
  return `(async () => {
    const run = async () => { ${body}
    }
    return JSON.stringify((await run()) ?? null)
  })()`
}

function isExpression(script: string): boolean {
  try {
    return typeof new AsyncFunction(`return (${script}\n)`) === 'function'
  } catch {
    return false
  }
}

export function labCall(name: string, args: readonly unknown[]): string {
  const list = args.map((arg) => (arg === undefined ? 'undefined' : JSON.stringify(arg))).join(', ')
  return `window.lab.${name}(${list})`
}
