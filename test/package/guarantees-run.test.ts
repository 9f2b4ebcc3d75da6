import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { root, run } from './run.js'

/** A folder with these files, which finds the packages of this one. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unexpired-guarantees-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  return folder
}

const check = (...args: readonly string[]): Promise<string> => {
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
  const script = [tsx, 'scripts/check-guarantees.ts', ...args]
  return run(process.execPath, script, { cwd: root, timeoutMs: patienceMs })
}

/** For a busy machine: most files of tests are loaded (milliseconds). */
const patienceMs = 600_000

/** Each says what becomes of the tests of a guarantee. */
const sources: Readonly<Record<string, string>> = {
  holds: "test('G1 holds', () => {})",
  'is made': "test.each(['holds'])('G1 %s', () => {})",
  'is skipped': "test.skip('G1 holds', () => {})",
  'is still to do': "test.todo('G1 holds')",
  depends: "test.skipIf(1 === 1)('G1 holds', () => {})",
  'runs elsewhere': "test.runIf(1 === 2)('G1 holds', () => {})",
  fails: "test.fails('G1 holds', () => { throw new Error('no') })",
  'is in a group that is skipped': "describe.skip('a group', () => test('G1 holds', () => {}))",
  'is not the only one': "test('G1 holds', () => {})\ntest.only('another', () => {})",
  'is called otherwise': "test('it holds', () => {})",
}

const config = `
export default { test: { projects: [{ test: { name: 'all', include: ['test/core/*.test.ts'] } }] } }
`

const wrong = Object.keys(sources).slice(2)

test('the check asks the test runner which tests there are, and which of them are run', async () => {
  const names = Object.keys(sources)
  const fileOf = (name: string, at = 'core'): string =>
    `test/${at}/${name.replaceAll(' ', '-')}.test.ts`
  const bullets = [
    ...names.map((name) => fileOf(name)),
    fileOf('holds', 'elsewhere'),
    fileOf('gone'),
  ]
  const folder = await folderWith({
    'vitest.config.ts': config,
    ...Object.fromEntries(
      names.map((name) => [
        fileOf(name),
        `import { describe, test } from 'vitest'\n${sources[name]}\nvoid describe\n`,
      ]),
    ),
    // No project of the runner has it.
    [fileOf('holds', 'elsewhere')]: "import { test } from 'vitest'\ntest('G1 holds', () => {})\n",
    'docs/guarantees.md': [
      '- **G1** It is promised.',
      '  - _Not:_ nothing.',
      '  - _Shown by:_',
      ...bullets.map((file) => `    - \`${file} › G1 holds\``),
    ].join('\n'),
  })
  const said = await check(folder).catch(String)
  const faults = [...said.matchAll(/G1: (test\/.*) › G1 holds (.*)/g)].map(([, file, what]) => [
    file,
    what,
  ])
  expect(Object.fromEntries(faults)).toEqual({
    ...Object.fromEntries(wrong.map((name) => [fileOf(name), 'is skipped'])),
    [fileOf('fails')]: 'is expected to fail',
    [fileOf('is called otherwise')]: 'is not there',
    [fileOf('holds', 'elsewhere')]: 'is in no file of tests',
    [fileOf('gone')]: 'is in no file of tests',
  })
})

test('with CI=true a test that is skipped while it runs fails the run', async () => {
  const folder = await folderWith({
    'vitest.config.ts': `
import { TallyReporter } from ${JSON.stringify(pathToFileURL(join(root, 'scripts/tally-reporter.ts')).href)}
export default { test: { reporters: [new TallyReporter()] } }
`,
    'test/a.test.ts': `
import { test } from 'vitest'
test('G1 holds', () => {})
test('G2 holds', ({ skip }) => skip(true, 'no browser'))
`,
  })
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const said = await run(process.execPath, [vitest, 'run'], { cwd: folder }).catch(String)
  expect(said).toContain('failed (1)')
  expect(said).toContain('skipped, and nothing may be: test/a.test.ts › G2 holds')
  expect(said).toContain('1 passed, 1 failed')
})

test(
  'docs/guarantees.md is right',
  async () => {
    expect(await check()).toMatch(/^44 guarantees, shown by tests in \d+ files$/m)
  },
  patienceMs,
)
