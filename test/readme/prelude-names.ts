/** What `prelude()` gives to a block that neither declares nor imports it. */
export const preludeNames = [
  'api',
  'attachSession',
  'axios',
  'createSession',
  'fetch',
  'keyValueStore',
  'localStorage',
  'location',
  'refresh',
  'session',
] as const

export type PreludeName = (typeof preludeNames)[number]
