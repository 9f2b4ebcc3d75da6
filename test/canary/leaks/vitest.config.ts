import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vitest/config'

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Runs what leaks on purpose, as the suite is run. */
export default defineConfig({
  root: place('.'),
  cacheDir: place('../../../node_modules/.cache/canary'),
  resolve: {
    alias: [
      { find: /^unexpired$/, replacement: place('../../../src/index.ts') },
      { find: /^unexpired\/(.+)$/, replacement: place('../../../src/$1.ts') },
    ],
  },
  test: { include: ['*.leak.ts'], setupFiles: place('../setup.ts'), restoreMocks: true },
})
