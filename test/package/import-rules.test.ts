import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { root } from './run.js'

/** What one line in one folder is called out for. */
interface Breach {
  readonly folder: string
  readonly line: string
  readonly rule: string
}

const restricted = 'eslint(no-restricted-imports)'

const forbidden = (folder: string, lines: readonly string[], rule = restricted): Breach[] =>
  lines.map((line) => ({ folder, line, rule }))

const breaches: readonly Breach[] = [
  ...forbidden('src/core', [
    `import { it } from '../clients/axios/it.js'`,
    `import type { It } from '../clients/axios/it.js'`,
    `import { it } from '../stores/it.js'`,
    `import { it } from '../index.js'`,
    `import { it } from './../stores/it.js'`,
    `import { readFile as it } from 'node:fs'`,
    `import type { Stats as It } from 'node:fs'`,
    `import { it } from 'fs'`,
    `import it from 'axios'`,
    `export * from 'axios'`,
    `export const it = import('node:fs')`,
  ]),
  ...forbidden('src/core', ['export const it = process.pid'], 'eslint(no-restricted-globals)'),
  ...forbidden(
    'src/core',
    [`export const it = require('./it.js')`],
    'typescript(no-require-imports)',
  ),
  ...forbidden('src/clients/axios', [
    `import axios from 'axios'`,
    `import * as axios from 'axios'`,
    `import { isCancel } from 'axios'`,
    `import it from 'axios/unsafe/it.js'`,
    `import it from 'ky'`,
    `import type { It } from 'ky'`,
    `import { it } from '../../core/engine.js'`,
    `import { it } from '../../stores/it.js'`,
    `import type { It } from '../../stores/it.js'`,
    `import { it } from '../fetch/it.js'`,
    `import { authorize as it } from '../../core/authorize.js'`,
    `import { it } from '../../index.js'`,
    `import type { It } from '../../index.js'`,
    `import { it } from 'node:fs'`,
  ]),
  ...forbidden('src/clients/another', [
    `import another from 'another'`,
    `import { it } from '../../core/session.js'`,
    `import type { It } from '../axios/it.js'`,
    `import type { It } from '../../stores/it.js'`,
    `import type { It } from 'node:fs'`,
  ]),
  ...forbidden('src/clients', [
    `import { it } from './axios/it.js'`,
    `import type { It } from './axios/it.js'`,
    `import { portOf as it } from '../core/port.js'`,
    `import type { It } from '../stores/it.js'`,
    `import { it } from '../index.js'`,
    `import type { It } from 'axios'`,
    `import { it } from 'node:fs'`,
  ]),
  ...forbidden('src/stores', [
    `import { it } from '../core/session.js'`,
    `import type { Session } from '../core/session.js'`,
    `import { it } from './another-store.js'`,
    `import type { It } from './another-store.js'`,
    `import { it } from '../clients/axios/it.js'`,
    `import { it } from '../index.js'`,
    `import { it } from 'node:fs'`,
  ]),
  ...forbidden('src/stores/browser', [
    `import { it } from '../../core/session.js'`,
    `import type { Session } from '../../core/session.js'`,
    `import { it } from '../another-store.js'`,
    `import type { It } from '../another-store.js'`,
    `import { it } from './../another-store.js'`,
    `import { it } from '../another/it.js'`,
    `import { it } from '../../clients/axios/it.js'`,
    `import { it } from '../../index.js'`,
    `import { it } from 'node:fs'`,
    `import type { It } from 'another'`,
    `import { get } from 'idb-keyval/compat'`,
    `export const it = import('idb')`,
  ]),
  ...forbidden('src/devtools', [
    `import { it } from '../core/session.js'`,
    `import type { Session } from '../core/session.js'`,
    `import { it } from '../axios.js'`,
    `import { it } from '../testing.js'`,
  ]),
  ...forbidden('src/testing', [
    `import { it } from '../core/session.js'`,
    `import type { Session } from '../core/session.js'`,
    `import { systemClock as it } from '../core/clock.js'`,
    `import { it } from '../clients/axios/it.js'`,
    `import it from 'axios'`,
  ]),
  ...forbidden('demo', [`import { it } from '../src/index.js'`]),
  ...forbidden('examples', [`import { it } from '../dist/index.mjs'`]),
  ...forbidden('src/core', ['export default 1'], 'import(no-default-export)'),
  ...forbidden('src/core', ['export const it: any = 1'], 'typescript(no-explicit-any)'),
  ...forbidden('src/core', ['// @ts-ignore\nexport const it = 1'], 'typescript(ban-ts-comment)'),
  ...forbidden('src/core', [`import { it } from './circle.js'`], 'import(no-cycle)'),
  ...forbidden(
    'src/core',
    ['export function it(): void {\n  Promise.resolve(1)\n}'],
    'typescript(no-floating-promises)',
  ),
]

const allowed: readonly (readonly [folder: string, line: string])[] = [
  ['src/core', `import { it } from './it.js'`],
  ['src/core', `import type { It } from './it.js'`],
  ['src/clients/axios', `import { CanceledError, getAdapter } from 'axios'`],
  ['src/clients/axios', `import type { AxiosInstance } from 'axios'`],
  ['src/clients/axios', `import { portOf } from '../../core/port.js'`],
  ['src/clients/axios', `import { SessionError } from '../../core/errors.js'`],
  ['src/clients/axios', `import type { Session } from '../../core/session.js'`],
  ['src/clients/axios', `import { it } from './it.js'`],
  ['src/clients/another', `import { it } from '../it.js'`],
  ['src/clients', `import type { It } from '../core/credential.js'`],
  ['src/clients', `import { SessionError } from '../core/errors.js'`],
  ['src/clients', `import { it } from './it.js'`],
  ['src/clients/another', `import type { Another } from 'another'`],
  ['src/clients/another', `import { portOf } from '../../core/port.js'`],
  ['src/stores', `import type { TokenStore } from '../core/store.js'`],
  ['src/stores', `import { readRecord } from '../core/record.js'`],
  ['src/stores', `import { SessionError } from '../core/errors.js'`],
  ['src/stores/browser', `import { createStore } from 'idb-keyval'`],
  ['src/stores/browser', `import { it } from './it.js'`],
  ['src/stores/browser', `import type { TokenStore } from '../../core/store.js'`],
  ['src/stores/browser', `import { readRecord } from '../../core/record.js'`],
  ['src/stores/browser', `import { SessionError } from '../../core/errors.js'`],
  ['src/devtools', `import { createSession } from '../index.js'`],
  ['src/devtools', `import { it } from './it.js'`],
  ['src/testing', `import type { Clock } from '../core/clock.js'`],
  ['src/testing', `import { createServer } from 'node:http'`],
  ['src/testing', `import { it } from './it.js'`],
  ['src', `import { createSession } from './core/session.js'`],
  ['src', `import { attachSession } from './clients/axios/attach-session.js'`],
  ['test', `import { readFile } from 'node:fs/promises'`],
  ['demo', `import { createSession } from 'unexpired'`],
]

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
      [program, '--format', 'json', 'demo', 'examples', 'src', 'test'],
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
