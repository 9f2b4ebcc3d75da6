import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { allowed, breaches } from './import-lines.js'
import { root } from './run.js'

/** Every import is used, so that the linter has nothing else to say. */
function moduleOf(line: string): string {
  const names = /^import (?:type )?(?:\{([^}]+)\}|\* as (\w+)|(\w+)) from/.exec(line)
  if (!names) return `${line}\n`
  const list = (names[1] ?? names[2] ?? names[3] ?? '').split(',')
  const used = list.map((name) => name.trim().split(' as ').at(-1)).join(', ')
  return line.startsWith('import type')
    ? `${line}\nexport type Used = ${used}\n`
    : `${line}\nexport const used = [${used}]\n`
}

let tree: string
/** The rules that were broken, by file. */
const found = new Map<string, string[]>()

const fileOf = (folder: string, kind: string, index: number): string =>
  join(folder, `${kind}-${index}.ts`)

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'unexpired-lint-'))
  for (const name of ['.oxlintrc.json', 'tsconfig.json'])
    await cp(join(root, name), join(tree, name))
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'), 'junction')
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(tree, file)), { recursive: true })
    await writeFile(join(tree, file), text)
  }
  for (const [index, { folder, line, rule }] of breaches.entries()) {
    const file = fileOf(folder, 'breach', index)
    await write(file, moduleOf(line))
    if (rule === 'import(no-cycle)') {
      const name = `./breach-${index}.js`
      await write(join(folder, 'circle.ts'), `export { used as it } from '${name}'\n`)
    }
  }
  for (const [index, [folder, line]] of allowed.entries()) {
    await write(fileOf(folder, 'allowed', index), moduleOf(line))
  }
  for (const { filename, code } of await lint()) {
    const file = relative(tree, join(tree, filename))
    found.set(file, [...(found.get(file) ?? []), code])
  }
})
afterAll(() => rm(tree, { recursive: true, force: true }))

interface Diagnostic {
  readonly filename: string
  readonly code: string
}

function lint(): Promise<readonly Diagnostic[]> {
  const program = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint')
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, '--format', 'json', 'demo', 'examples', 'playground', 'src', 'test'],
      { cwd: tree, maxBuffer: 2 ** 26, timeout: 50_000 },
      (_, stdout, stderr) => {
        try {
          resolve((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics)
        } catch {
          reject(new Error(`oxlint said no JSON: ${stdout}${stderr}`))
        }
      },
    )
  })
}

describe('the linter turns down', () => {
  for (const [index, { folder, line, rule }] of breaches.entries()) {
    test(`in ${folder}: ${line}`, () => {
      expect(found.get(fileOf(folder, 'breach', index))).toContain(rule)
    })
  }
})

describe('the linter lets through', () => {
  for (const [index, [folder, line]] of allowed.entries()) {
    test(`in ${folder}: ${line}`, () => {
      expect(found.get(fileOf(folder, 'allowed', index))).toBeUndefined()
    })
  }
})
