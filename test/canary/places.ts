/** Where tokens are looked for. */
export const places = {
  error: 'an error',
  passed: 'an error of axios that was handed on',
  event: 'an event',
  session: 'a session that is printed',
  console: 'the console',
  output: 'the output of the process',
  warning: 'a warning of the process',
  message: 'a message to other tabs',
  redis: 'a key, a channel or a message of Redis',
  storage: 'a storage of the page',
  file: 'the name of a file',
} as const

export type Place = keyof typeof places
