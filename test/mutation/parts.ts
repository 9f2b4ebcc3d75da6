/** A part of the code whose mutants are tried on tests of their own. */
export interface Part {
  /** Files whose mutants are tried: without commas, at which the command line is cut. */
  readonly mutate: readonly string[]
  /** What may kill them: tests that run in this process, and quickly. */
  readonly tests: readonly string[]
  /** Those among them that do not. */
  readonly without?: readonly string[]
  /** They start processes, which meet the mutant too: all of them are tried, as nobody sees what those reach. */
  readonly inProcesses?: true
  /** They replace modules, or leave something behind: each file has its own. */
  readonly isIsolated?: true
  /** 5 seconds, unless some need more. */
  readonly testTimeout?: number
}

const inFolder = (folder: string, ...names: string[]): string[] =>
  names.map((name) => `src/stores/${folder}/${name}.ts`)

/** The name of a part is that of its report. */
export const parts: Readonly<Record<string, Part>> = {
  core: {
    mutate: ['src/core/**/*.ts'],
    tests: ['test/{core,model}/**/*.test.ts', 'test/stores/memory-store.test.ts'],
    without: [
      // They start processes, of which nothing is heard here.
      'test/core/processes.test.ts',
      'test/core/session-pool-heap.test.ts',
      // It is about sessions that are wrong, not about ours.
      'test/model/model-catches.test.ts',
    ],
  },
  'key-value': {
    mutate: ['src/stores/key-value-store.ts'],
    tests: ['test/stores/{key-value,other-tabs}*.test.ts', 'test/core/stored-rubbish.test.ts'],
  },
  browser: {
    mutate: ['src/stores/browser/**/*.ts'],
    tests: ['test/stores/browser*.test.ts'],
  },
  file: {
    mutate: inFolder('file', 'file-store', 'identity', 'locks', 'record-file'),
    tests: ['test/node/file-{contract*,locks*,rubbish,rename,unreadable,windows,ends}.test.ts'],
    isIsolated: true,
    testTimeout: 15_000,
  },
  // The same again, on what takes seconds: disks that are full, rights that are missing, ends in the middle.
  'file-processes': {
    mutate: inFolder('file', 'file-store', 'record-file'),
    tests: [
      'test/node/file-{rubbish,rename,unreadable,windows,modes,links,ends,late,denied,full,killed}.test.ts',
    ],
    inProcesses: true,
    isIsolated: true,
    testTimeout: 30_000,
  },
  'file-watching': {
    mutate: inFolder('file', 'watching'),
    tests: ['test/node/file-{contract,links,watch,watching,events-missing}.test.ts'],
    isIsolated: true,
    testTimeout: 15_000,
  },
  redis: {
    mutate: inFolder('redis', 'options', 'sealing', 'client', 'redis-store'),
    tests: [
      'test/node/redis-{contract,options,encryption,records,scripts,changing,watching,clients,life}.test.ts',
    ],
    testTimeout: 15_000,
  },
  // Each is tried on what waits for it, as that takes seconds.
  'redis-turns': {
    mutate: inFolder('redis', 'turns'),
    tests: ['test/node/redis-{contract,turns,turns-late,scripts}.test.ts'],
    testTimeout: 15_000,
  },
  'redis-calls': {
    mutate: inFolder('redis', 'calls'),
    tests: ['test/node/redis-{scripts,answers,clients,errors,away}.test.ts'],
    testTimeout: 15_000,
  },
  'redis-news': {
    mutate: inFolder('redis', 'news'),
    tests: ['test/node/redis-{clients,life,connections,without-messages}.test.ts'],
    testTimeout: 15_000,
  },
}

/** The part that this run is about. */
export function partOf(name: string = process.env['MUTANTS'] ?? 'core'): Part {
  const part = parts[name]
  if (!part)
    throw new Error(`MUTANTS: expected one of ${Object.keys(parts).join(', ')}, got ${name}`)
  return part
}
