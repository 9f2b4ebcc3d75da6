import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: [
    'index',
    'axios',
    'browser',
    'devtools',
    'fetch',
    'jwt',
    'node',
    'react',
    'redis',
    'testing',
    'undici',
  ].map((name) => `src/${name}.ts`),
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  sourcemap: false,
  fixedExtension: true,
  logLevel: 'warn',
  deps: {
    neverBundle: [
      /^node:/,
      'axios',
      'fs-native-extensions',
      'idb-keyval',
      'proper-lockfile',
      'react',
      'undici',
    ],
  },
})
