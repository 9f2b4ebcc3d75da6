import type { Recorder } from './recorder.js'

/** Sees what is printed, where `isOurs` says so of it. Nothing is changed by it. */
export function watchConsole(
  recorder: Recorder,
  print: (value: unknown) => string,
  isOurs: (texts: readonly unknown[]) => boolean = () => true,
): void {
  // Also where a test has put a spy in its place: so what is called is seen, not what it was.
  const wrapped = new WeakMap<object, unknown>()
  const seen = (write: unknown): unknown => {
    if (typeof write !== 'function') return write
    const known = wrapped.get(write)
    if (known) return known
    const proxy: unknown = new Proxy(write, {
      apply(target, self, texts: unknown[]): unknown {
        if (isOurs(texts)) for (const text of texts) recorder.show(print(text), 'console')
        return Reflect.apply(target, self, texts)
      },
    })
    wrapped.set(write, proxy)
    wrapped.set(proxy as object, proxy)
    return proxy
  }
  globalThis.console = new Proxy(globalThis.console, {
    get: (target, name): unknown => seen(Reflect.get(target, name)),
  })
}
