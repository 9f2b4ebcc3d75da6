/**
 * Makes every global of the platform, and the browser's beside it, throw when it is touched. What the
 * language itself brings (Object, Promise, Error, …) stays.
 */
import { createContext, runInContext } from 'node:vm'

const bare = createContext({}, { name: 'the language alone' })
const language = new Set(runInContext('Object.getOwnPropertyNames(globalThis)', bare))
language.delete('console')
language.delete('WebAssembly')

const browsers = ['window', 'document', 'self', 'location', 'localStorage', 'sessionStorage']
browsers.push('indexedDB', 'navigator', 'XMLHttpRequest', 'addEventListener', 'BroadcastChannel')

const names = new Set([...Object.getOwnPropertyNames(globalThis), ...browsers])
export const forbidden = [...names].filter((name) => !language.has(name))

const forbid = (target, name, label) =>
  Object.defineProperty(target, name, {
    configurable: true,
    get() {
      throw new Error(`touched ${label} at import`)
    },
  })

export function forbidGlobals() {
  for (const name of forbidden) forbid(globalThis, name, name)
  // Time and chance: a platform that takes snapshots of loaded code refuses both.
  forbid(Date, 'now', 'Date.now')
  forbid(Math, 'random', 'Math.random')
}
