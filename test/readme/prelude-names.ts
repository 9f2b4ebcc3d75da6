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

/** The same, of the prelude for blocks that are run where there is no page. */
export const serverPreludeNames = [
  'createSession',
  'origin',
  'pool',
  'randomKey',
  'redis',
  'refresh',
  'server',
  'userId',
] as const

export type ServerPreludeName = (typeof serverPreludeNames)[number]
