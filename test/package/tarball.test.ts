import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createUserProject, type UserProject } from './project.js'

interface Manifest {
  readonly dependencies?: object
  readonly optionalDependencies?: object
  readonly peerDependenciesMeta?: object
  readonly scripts?: Readonly<Record<string, string>>
}

let project: UserProject
let installed: string

beforeAll(async () => {
  project = await createUserProject({
    links: { axios: 'axios', 'idb-keyval': 'idb-keyval', react: 'react' },
  })
  installed = join(project.folder, 'node_modules', 'unexpired')
})
afterAll(() => project.remove())

const publicFace = {
  unexpired: [
    'InvalidTokenResponseError',
    'RefreshRefusedError',
    'RefreshUnavailableError',
    'SessionEndedError',
    'SessionError',
    'createSession',
    'createSessionPool',
    'isSessionError',
    'keyValueStore',
    'memoryStore',
  ],
  'unexpired/axios': ['attachSession', 'detachSession'],
  'unexpired/browser': ['browserStore'],
  'unexpired/devtools': ['mountDevtools'],
  'unexpired/fetch': ['createFetch'],
  'unexpired/jwt': ['jwtLifetime'],
  'unexpired/node': ['fileStore'],
  'unexpired/react': ['useSession'],
  'unexpired/redis': ['redisStore'],
  'unexpired/testing': ['fakeClock', 'startTokenServer'],
  'unexpired/undici': ['sessionInterceptor'],
}

/** Prints the names that a module exports; `module.exports` and the like are Node's, not ours. */
const print = `
const print = (module) => console.log(JSON.stringify(
  Object.keys(module).filter((name) => name !== 'default' && name !== 'module.exports').sort()))`

describe.each(Object.entries(publicFace))('%s', (name, exported) => {
  test('can be imported', async () => {
    await project.write('import.mjs', `import * as it from '${name}'\n${print}\nprint(it)`)
    expect(JSON.parse(await project.node('import.mjs'))).toEqual(exported)
  })

  test('can be required', async () => {
    await project.write('require.cjs', `const it = require('${name}')\n${print}\nprint(it)`)
    expect(JSON.parse(await project.node('require.cjs'))).toEqual(exported)
  })
})

test('import and require give sessions that work together', async () => {
  await project.write(
    'both.mjs',
    `import { createRequire } from 'node:module'
    import axios from 'axios'
    import { createSession } from 'unexpired'
    const { attachSession } = createRequire(import.meta.url)('unexpired/axios')
    const session = createSession({ refresh: async () => ({ accessToken: 'b' }) })
    await session.signIn({ accessToken: 'a' })
    const adapter = async (config) => ({ status: 200, config, headers: {}, data: config.headers })
    const api = attachSession(axios.create({ adapter, baseURL: 'https://api.test' }), session)
    console.log((await api.get('/')).data.Authorization)`,
  )
  expect(await project.node('both.mjs')).toBe('Bearer a\n')
})

test('what uses React is for the client side of frameworks that have two', async () => {
  for (const ending of ['mjs', 'cjs']) {
    const text = await readFile(join(installed, 'dist', `react.${ending}`), 'utf8')
    expect(text).toMatch(/^["']use client["']/)
  }
})

test('the package holds what it exports, its licence and its readme, and nothing else', async () => {
  const files = await readdir(installed, { recursive: true, withFileTypes: true })
  const names = files.filter((file) => file.isFile()).map((file) => file.name)
  const others = names.filter((name) => !/\.(?:mjs|cjs|d\.mts|d\.cts)$/.test(name))
  expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
})

test('installing it runs no script', async () => {
  const { scripts = {} } = await manifest()
  const atInstall = ['preinstall', 'install', 'postinstall', 'prepare']
  expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([])
})

test('G44 the core has no dependency, and each sub-path brings in only what it names', async () => {
  const { dependencies = {}, optionalDependencies = {}, peerDependenciesMeta } = await manifest()
  expect(dependencies).toEqual({})
  expect(optionalDependencies).toEqual({})
  expect(peerDependenciesMeta).toEqual({
    axios: { optional: true },
    'fs-native-extensions': { optional: true },
    'idb-keyval': { optional: true },
    'proper-lockfile': { optional: true },
    react: { optional: true },
    undici: { optional: true },
  })
  for (const ending of ['mjs', 'cjs', 'd.mts', 'd.cts']) {
    expect(await packagesOf(`index.${ending}`)).toEqual([])
    expect(await packagesOf(`fetch.${ending}`)).toEqual([])
    expect(await packagesOf(`jwt.${ending}`)).toEqual([])
    expect(await packagesOf(`devtools.${ending}`)).toEqual([])
    expect(await packagesOf(`axios.${ending}`)).toEqual(['axios'])
  }
  // Its code alone names idb-keyval: types are whole without it.
  for (const ending of ['mjs', 'cjs']) {
    expect(await packagesOf(`browser.${ending}`)).toEqual(['idb-keyval'])
  }
  for (const ending of ['d.mts', 'd.cts']) expect(await packagesOf(`browser.${ending}`)).toEqual([])
  // Its code alone names React: its types are those of a session.
  for (const ending of ['mjs', 'cjs'])
    expect(await packagesOf(`react.${ending}`)).toEqual(['react'])
  for (const ending of ['d.mts', 'd.cts']) expect(await packagesOf(`react.${ending}`)).toEqual([])
  // Its types alone name undici.
  for (const ending of ['mjs', 'cjs']) expect(await packagesOf(`undici.${ending}`)).toEqual([])
  for (const ending of ['d.mts', 'd.cts']) {
    expect(await packagesOf(`undici.${ending}`)).toEqual(['undici'])
  }
  // Two locks, each asked for when it is needed.
  const locks = ['fs-native-extensions', 'proper-lockfile']
  for (const ending of ['mjs', 'cjs']) {
    expect(await othersOf(`node.${ending}`)).toEqual(locks)
    // Redis is reached by the app's own client.
    expect(await othersOf(`redis.${ending}`)).toEqual([])
    expect(await othersOf(`testing.${ending}`)).toEqual([])
  }
  for (const name of ['node', 'redis', 'testing']) {
    for (const ending of ['d.mts', 'd.cts']) {
      expect(await packagesOf(`${name}.${ending}`)).toEqual([])
    }
  }
})

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest
}

/** Packages, where a file may import what Node brings. */
const othersOf = async (file: string): Promise<string[]> =>
  (await packagesOf(file)).filter((name) => !name.startsWith('node:'))

/** What a file of the package imports from outside of it, by itself or through others. */
async function packagesOf(
  file: string,
  seen = new Set<string>(),
  packages = new Set<string>(),
): Promise<string[]> {
  if (seen.has(file)) return []
  seen.add(file)
  const text = await readFile(join(installed, 'dist', file), 'utf8')
  const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(text, true, true)
  for (const { fileName } of typeReferenceDirectives) packages.add(fileName)
  for (const { fileName } of importedFiles) {
    if (!fileName.startsWith('./')) packages.add(fileName)
    else await packagesOf(withTypes(file, fileName), seen, packages)
  }
  return [...packages].sort()
}

/** Types name the code beside them: `./a.mjs` in a `.d.mts` is `./a.d.mts`. */
function withTypes(importer: string, imported: string): string {
  return /\.d\.[mc]ts$/.test(importer)
    ? imported.replace(/(?:\.d)?\.([mc])[jt]s$/, '.d.$1ts')
    : imported
}
