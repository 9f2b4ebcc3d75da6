import { afterAll, beforeAll, expect, test } from 'vitest'

import { createUserProject, type UserProject } from './project.js'

let project: UserProject

beforeAll(async () => {
  project = await createUserProject({ links: { 'idb-keyval': 'idb-keyval' } })
  // axios itself looks at its platform when it is imported; what is asked here is what ours does.
  await project.write('node_modules/axios/package.json', '{ "main": "index.cjs" }')
  await project.write(
    'node_modules/axios/index.cjs',
    'exports.getAdapter = () => {}; exports.CanceledError = class {}; exports.Axios = class {}; exports.isAxiosError = () => {}',
  )
  // React looks at its environment.
  await project.write('node_modules/react/package.json', '{ "main": "index.cjs" }')
  await project.write('node_modules/react/index.cjs', 'exports.useSyncExternalStore = () => {}')
})
afterAll(() => project.remove())

const preload = new URL('./forbid-globals.mjs', import.meta.url).href

/** Imports a module where no global may be touched, and says which one was. */
async function touchedBy(module: string): Promise<string> {
  await project.write(
    'touch.mjs',
    `import { writeSync } from 'node:fs'
    import { createRequire } from 'node:module'
    import { forbidden, forbidGlobals } from '${preload}'
    const require = createRequire(import.meta.url)
    const say = (text) => writeSync(1, text)
    const all = forbidden.length
    forbidGlobals()
    try {
      await ${module}
      say(all > 60 ? 'none' : 'too few globals were watched')
    } catch (error) {
      say(error.message)
    }`,
  )
  return project.node('touch.mjs')
}

const pure = [
  '',
  '/axios',
  '/browser',
  '/devtools',
  '/fetch',
  '/jwt',
  '/node',
  '/react',
  '/redis',
  '/undici',
]

test.each(pure.map((path) => `unexpired${path}`))(
  'G34 importing %s touches no global of any platform',
  async (name) => {
    expect(await touchedBy(`import('${name}')`)).toBe('none')
    expect(await touchedBy(`require('${name}')`)).toBe('none')
  },
)

test.each([
  ['fetch', 'export const send = globalThis.fetch'],
  ['localStorage', 'export const store = typeof localStorage'],
  ['setTimeout', 'setTimeout(() => {}, 1)'],
  ['performance', 'export const { now } = performance'],
  ['Math.random', 'export const id = Math.random()'],
])('a module that touches %s is caught at it', async (name, text) => {
  await project.write('guilty.mjs', text)
  expect(await touchedBy("import('./guilty.mjs')")).toBe(`touched ${name} at import`)
})
