import { afterEach, describe, expect, test } from 'vitest'

import { createUserProject, type UserProject } from './project.js'

const projects: UserProject[] = []
afterEach(() => Promise.all(projects.splice(0).map((project) => project.remove())))

/** Writes a record to a file, and prints whether that came to something, and what was missing. */
const writeOne = (file: string): string => `
const missing = []
const store = fileStore('${file}')
const stop = store.watch(() => {}, (name) => missing.push(name))
const tokens = { accessToken: 'a' }
const record = { version: 1, sessionId: 's', generation: 1, receivedAt: 1, tokens }
store.replace(undefined, record).then(async (isStored) => {
  const { generation } = await store.load()
  stop()
  console.log(JSON.stringify({ isStored, generation, missing }))
})`

describe.each<[string, readonly string[], readonly string[]]>([
  ['both packages of its locks', ['fs-native-extensions', 'proper-lockfile'], []],
  ['proper-lockfile alone', ['proper-lockfile'], ['kernel-lock']],
  ['neither package of its locks', [], ['kernel-lock', 'lock-file']],
])('with %s', (_, packages, missing) => {
  test('G34 the file store works, imported and required, and says what it lacks', async () => {
    const links = Object.fromEntries(packages.map((name) => [name, name]))
    const project = await createUserProject({ links })
    projects.push(project)
    const written = { isStored: true, generation: 1, missing }

    await project.write('a.mjs', `import { fileStore } from 'unexpired/node'${writeOne('a.json')}`)
    expect(JSON.parse(await project.node('a.mjs'))).toEqual(written)
    await project.write('b.cjs', `const { fileStore } = require('unexpired/node')${writeOne('b')}`)
    expect(JSON.parse(await project.node('b.cjs'))).toEqual(written)
  })
})
