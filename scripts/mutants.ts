/**
 * Tries mutants of the core and of the stores, or of the parts that are named, and prints what became of them:
 * `npm run mutants`, `npm run mutants -- redis`, `npm run mutants -- --table`, which prints the last reports.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

import { parts } from '../test/mutation/parts.js'

interface Mutant {
  readonly status: string
  readonly mutatorName: string
  readonly replacement?: string
  readonly location: { readonly start: { readonly line: number; readonly column: number } }
}

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>
}

const names = Object.keys(parts)
const asked = process.argv.slice(2)
const isTable = asked.includes('--table')
const named = asked.filter((name) => names.includes(name))
const chosen = named.length > 0 ? named : names

function run(name: string): void {
  const { mutate = [], inProcesses } = parts[name] ?? {}
  spawnSync('npx', ['stryker', 'run', '--mutate', mutate.join(',')], {
    stdio: 'inherit',
    env: { ...process.env, MUTANTS: name, ...(inProcesses ? { MUTANTS_IN_PROCESSES: 'yes' } : {}) },
  })
}

function print(name: string): void {
  const path = `coverage/mutants/${name}.json`
  if (!existsSync(path)) return
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as Report
  const rows = Object.entries(files).map(([file, { mutants }]) => rowOf(file, mutants))
  const all = Object.values(files).flatMap(({ mutants }) => mutants)
  console.log(`\n${name}\n`)
  for (const row of [...rows, rowOf('all', all)]) console.log(row)
  for (const [file, { mutants }] of Object.entries(files)) {
    for (const { status, location, mutatorName, replacement = '' } of mutants) {
      if (status !== 'Survived' && status !== 'NoCoverage') continue
      const { line, column } = location.start
      const change = replacement.replace(/\s+/g, ' ').slice(0, 80)
      console.log(`${status}: ${file}:${line}:${column} ${mutatorName}: ${change}`)
    }
  }
}

function rowOf(name: string, mutants: readonly Mutant[]): string {
  const count = (...statuses: string[]): number =>
    mutants.filter(({ status }) => statuses.includes(status)).length
  const killed = count('Killed')
  const late = count('Timeout')
  const lived = count('Survived')
  const unseen = count('NoCoverage')
  const score = (100 * (killed + late)) / (killed + late + lived + unseen || 1)
  const counts = `${killed} killed, ${late} out of time, ${lived} survived, ${unseen} not covered`
  return `${score.toFixed(1).padStart(6)} %  ${name.padEnd(40)} ${counts}`
}

if (!isTable) for (const name of chosen) run(name)
for (const name of chosen) print(name)
