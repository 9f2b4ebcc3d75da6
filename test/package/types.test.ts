import { readFile } from 'node:fs/promises'

import { afterAll, describe, expect, test } from 'vitest'

import { createUserProject, type UserProject } from './project.js'

const projects: UserProject[] = []
afterAll(() => Promise.all(projects.map((project) => project.remove())))

const source = (name: string): Promise<string> =>
  readFile(new URL(`./consumer/${name}.ts`, import.meta.url), 'utf8')

/** How a user's compiler finds packages, and what it knows of the platform. */
const bundler = {
  module: 'ESNext',
  moduleResolution: 'Bundler',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  types: [],
}
const node16 = { module: 'Node16', moduleResolution: 'Node16', lib: ['ES2022'], types: ['node'] }

/** A user's project with these packages, and these of a user's files, in all forms. */
async function startProjectWith(
  packages: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<UserProject> {
  const links = { '@types/node': '@types/node', ...packages }
  const project = await createUserProject({ links })
  projects.push(project)
  for (const name of names) {
    const text = await source(name)
    for (const ending of ['ts', 'mts', 'cts']) await project.write(`${name}.${ending}`, text)
  }
  return project
}

const startProject = (axios?: 'axios' | 'axios-oldest'): Promise<UserProject> =>
  startProjectWith(axios ? { axios } : {}, [
    'browser-user',
    'core-user',
    'fetch-user',
    'node-user',
    ...(axios ? ['axios-user'] : []),
  ])

const inNode = (names: readonly string[]): string[] =>
  names.flatMap((name) => [`${name}.mts`, `${name}.cts`])

describe.each([
  ['the newest axios', 'axios'],
  ['axios 1.7.0', 'axios-oldest'],
] as const)('with %s', (_, axios) => {
  test('the types fit a bundler, and Node both as ESM and as CommonJS', async () => {
    const project = await startProject(axios)
    expect(
      await project.typeCheck(bundler, ['core-user.ts', 'fetch-user.ts', 'axios-user.ts']),
    ).toBe('')
    const files = inNode(['core-user', 'fetch-user', 'axios-user'])
    expect(await project.typeCheck(node16, files)).toBe('')
  })

  test('requests are sent with the token, and refreshed tokens', async () => {
    const project = await startProject(axios)
    await project.write('send.mjs', sendOne)
    expect(await project.node('send.mjs')).toBe('refreshed once\n')
  })
})

test('clients of ioredis and node-redis fit the Redis store as they come', async () => {
  const project = await startProjectWith({ ioredis: 'ioredis', redis: 'redis' }, ['redis-user'])
  expect(await project.typeCheck(node16, inNode(['redis-user']))).toBe('')
})

test('useSession fits components of React', async () => {
  const react = { react: 'react', '@types/react': '@types/react' }
  const project = await startProjectWith(react, ['react-user'])
  expect(await project.typeCheck(bundler, ['react-user.ts'])).toBe('')
  expect(await project.typeCheck(node16, inNode(['react-user']))).toBe('')
})

test('without idb-keyval the browser store says what to install', async () => {
  const project = await startProject()
  for (const [file, text] of [
    ['none.mjs', `import 'unexpired/browser'`],
    ['none.cjs', `require('unexpired/browser')`],
  ] as const) {
    await project.write(file, text)
    await expect(project.node(file)).rejects.toThrow(/Cannot find (?:package|module) 'idb-keyval'/)
  }
})

test('without any package beside it all but axios and the browser is whole, and so are all types', async () => {
  const project = await startProject()
  const files = ['browser-user.ts', 'core-user.ts', 'fetch-user.ts']
  expect(await project.typeCheck(bundler, files)).toBe('')
  // Nor do stores name the types of a page, which a server has not.
  for (const ending of ['mts', 'cts']) {
    await project.write(
      `on-server.${ending}`,
      `import { createSession } from 'unexpired'
      import { browserStore } from 'unexpired/browser'
      import { redisStore, type RedisClient } from 'unexpired/redis'
      const refresh = async () => ({ accessToken: 'a' })
      export const session = createSession({ store: browserStore('auth'), refresh })
      export const on = (client: RedisClient) => createSession({ store: redisStore(client, 'ann'), refresh })`,
    )
  }
  const names = ['on-server', 'core-user', 'fetch-user', 'node-user']
  expect(await project.typeCheck(node16, inNode(names))).toBe('')
  const text = `import { createSession } from 'unexpired'; import 'unexpired/jwt'
    import 'unexpired/fetch'; import 'unexpired/undici'; import 'unexpired/node'; import 'unexpired/redis'
    import 'unexpired/testing'; console.log(typeof createSession)`
  await project.write('core.mjs', text)
  expect(await project.node('core.mjs')).toBe('function\n')
})

const sendOne = `
import axios from 'axios'
import { createSession } from 'unexpired'
import { attachSession } from 'unexpired/axios'
import { startTokenServer } from 'unexpired/testing'

const server = await startTokenServer()
const signIn = await axios.post(server.url + '/auth/login', { username: 'ann' })
const session = createSession({
  refresh: ({ refreshToken, signal }) =>
    axios.post(server.url + '/auth/refresh', { refreshToken }, { signal }).then((r) => r.data),
})
await session.signIn(signIn.data)
const api = attachSession(axios.create({ baseURL: server.url + '/api' }), session)
await api.get('/me')
server.orders.expireNow()
await Promise.all([api.get('/me'), api.get('/me')])
const { refreshes, turnedAway } = server.counts
if (refreshes !== 1 || turnedAway === 0) throw new Error(JSON.stringify(server.counts))
await server.close()
console.log('refreshed once')
`
