import { fileURLToPath } from 'node:url'

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

/** The package's own names stand for its sources. */
export const sources = [
  { find: /^unexpired$/, replacement: source('index.ts') },
  { find: /^unexpired\/(.+)$/, replacement: source('$1.ts') },
]
