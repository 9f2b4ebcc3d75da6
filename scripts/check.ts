/**
 * Runs every check that is not a test, and says at the end which ones failed.
 *
 * `npm run check` runs all; `npm run check lint types` runs those two.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tools = join(root, 'node_modules', '.bin')
const packed = await mkdtemp(join(tmpdir(), 'unexpired-check-'))
const tarball = join(packed, `unexpired-${await version()}.tgz`)

interface Check {
  readonly name: string
  /** Run one after the other, until one fails. */
  readonly commands: readonly string[]
  /** Checks that must have run before. */
  readonly after?: readonly string[]
}

const checks: readonly Check[] = [
  { name: 'format', commands: ['oxfmt --check'] },
  { name: 'lint', commands: ['oxlint'] },
  { name: 'types', commands: ['tsc', 'tsc -p tsconfig.portable.json'] },
  { name: 'unused', commands: ['knip'] },
  { name: 'docs', commands: ['typedoc --emit none'] },
  { name: 'guarantees', commands: ['tsx scripts/check-guarantees.ts'] },
  { name: 'build', commands: ['tsdown'] },
  { name: 'size', commands: ['size-limit'], after: ['build'] },
  {
    name: 'package',
    commands: [
      `npm pack --silent --ignore-scripts --pack-destination "${packed}"`,
      `publint run "${tarball}" --strict`,
      // .attw.json leaves out node10: it knows no `exports`, and every Node that we run on does.
      `attw "${tarball}"`,
    ],
    after: ['build'],
  },
]

async function version(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  return manifest.version
}

/** The checks that were asked for and what they need, in order. */
function chosen(names: readonly string[]): readonly Check[] {
  const unknown = names.filter((name) => !checks.some((check) => check.name === name))
  if (unknown.length > 0) {
    const known = checks.map(({ name }) => name).join(', ')
    throw new Error(`no such check: ${unknown.join(', ')}; there are ${known}`)
  }
  const wanted = new Set(names)
  for (const { name, after = [] } of [...checks].reverse()) {
    if (wanted.has(name)) for (const earlier of after) wanted.add(earlier)
  }
  return names.length > 0 ? checks.filter(({ name }) => wanted.has(name)) : checks
}

/** The output of a command that failed, or `undefined`. */
function failureOf(command: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd: root,
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}` },
    })
    let output = ''
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.on('close', (code) => resolve(code === 0 ? undefined : `$ ${command}\n${output}`))
  })
}

async function failureIn(check: Check): Promise<string | undefined> {
  for (const command of check.commands) {
    const failure = await failureOf(command)
    if (failure !== undefined) return failure
  }
  return undefined
}

const failed: string[] = []
try {
  for (const check of chosen(process.argv.slice(2))) {
    const startedAt = performance.now()
    const failure = await failureIn(check)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${failure === undefined ? '✓' : '✗'} ${check.name} (${seconds} s)`)
    if (failure === undefined) continue
    console.log(`\n${failure.trim()}\n`)
    failed.push(check.name)
  }
} finally {
  await rm(packed, { recursive: true, force: true })
}
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`)
  process.exitCode = 1
}
