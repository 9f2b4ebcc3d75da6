import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/axios.ts', 'src/jwt.ts', 'src/testing.ts'],
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  sourcemap: false,
  fixedExtension: true,
  logLevel: 'warn',
  deps: { neverBundle: [/^node:/, 'axios'] },
})
